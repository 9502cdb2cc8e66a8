use crate::shown::shown;

/// A device's own description. It is shown and never trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Such as `Pixel 9`; at most [`MAX_DEVICE_NAME`] characters.
    pub name: Option<String>,
    /// Such as `android` or `ios`; at most [`MAX_DEVICE_PLATFORM`] characters.
    pub platform: Option<String>,
}

/// Longer names are cut.
pub const MAX_DEVICE_NAME: usize = 128;
/// Longer platforms are cut.
pub const MAX_DEVICE_PLATFORM: usize = 32;

impl Device {
    /// A request's description of its device, cleaned so that operators and users may see it.
    pub fn described(name: Option<&str>, platform: Option<&str>) -> Self {
        Self {
            name: name.and_then(|name| shown(name, MAX_DEVICE_NAME)),
            platform: platform.and_then(|platform| shown(platform, MAX_DEVICE_PLATFORM)),
        }
    }

    /// The description updated by `newer`; what `newer` leaves out stays.
    pub(super) fn updated(&self, newer: &Self) -> Self {
        Self {
            name: newer.name.clone().or_else(|| self.name.clone()),
            platform: newer.platform.clone().or_else(|| self.platform.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_says_of_itself_is_cut_and_cleaned() {
        let device = Device::described(Some(&"é".repeat(129)), Some(&"p".repeat(33)));
        assert_eq!(device.name, Some("é".repeat(128)));
        assert_eq!(device.platform, Some("p".repeat(32)));
        let device = Device::described(Some(" Pixel\u{202e} 9\n"), Some(" "));
        assert_eq!((device.name.as_deref(), device.platform), (Some("Pixel 9"), None));
    }
}
