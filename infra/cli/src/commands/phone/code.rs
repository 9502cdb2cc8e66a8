//! A challenge as people give it: its id, a link, or a picture of its QR code.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use png::{ColorType, Decoder, Transformations};
use rqrr::PreparedImage;
use scanlatch_protocol::id::ChallengeId;

use crate::console::failure::CommandError;

const ID_LETTERS: usize = 36;
const WHITE: u16 = 255;

/// Reads the challenge's id.
///
/// # Errors
/// One sentence that says what was looked for.
pub fn read(text: &str) -> Result<ChallengeId, CommandError> {
    let path = Path::new(text);
    if !path.is_file() {
        return id_in(text).ok_or_else(|| {
            CommandError::misused(format!("{text} is no challenge's id, holds none as a link, and is no file"))
        });
    }
    let read =
        scan(path).map_err(|why| CommandError::failed(format!("{text} cannot be read as a PNG picture: {why}")))?;
    let read = read.ok_or_else(|| CommandError::failed(format!("{text} shows no QR code that can be read")))?;
    id_in(&read).ok_or_else(|| CommandError::failed(format!("the QR code in {text} holds no challenge")))
}

/// The first challenge's id in a text.
fn id_in(text: &str) -> Option<ChallengeId> {
    let mut windows = text.char_indices().filter_map(|(at, _)| text.get(at..at + ID_LETTERS));
    windows.find_map(|part| ChallengeId::parse(part).ok())
}

/// What the QR code in a picture says, if one is found.
fn scan(path: &Path) -> Result<Option<String>, String> {
    let mut decoder = Decoder::new(BufReader::new(File::open(path).map_err(|error| error.to_string())?));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
    let frame = reader.next_frame(&mut pixels).map_err(|error| error.to_string())?;
    let samples = frame.color_type.samples();
    let is_clear = matches!(frame.color_type, ColorType::GrayscaleAlpha | ColorType::Rgba);
    let (width, height) = (frame.width as usize, frame.height as usize);
    let grey = |x: usize, y: usize| {
        let at = y * frame.line_size + x * samples;
        grey(&pixels[at..at + samples], is_clear)
    };
    let mut image = PreparedImage::prepare_from_greyscale(width, height, grey);
    Ok(image.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text))
}

/// The brightness of a pixel. What shines through a clear one is white.
fn grey(pixel: &[u8], is_clear: bool) -> u8 {
    let (colours, opacity) = match pixel.split_last() {
        Some((opacity, colours)) if is_clear => (colours, u16::from(*opacity)),
        _ => (pixel, WHITE),
    };
    let sum: u16 = colours.iter().map(|colour| u16::from(*colour)).sum();
    let mean = sum / u16::try_from(colours.len().max(1)).unwrap_or(1);
    let shining = (mean * opacity + WHITE * (WHITE - opacity)) / WHITE;
    u8::try_from(shining).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pixels of a module.
    const SIDE: usize = 4;
    const ID: &str = "3f8e2a91-6c47-4b0d-8e15-d2a9c4b7f063";

    #[test]
    fn an_id_is_found_by_itself_and_in_a_link() {
        let links = ["c", "challengeId"].map(|name| format!("https://login.example/phone?{name}={ID}&x=ü"));
        for text in [ID, &format!(" {ID}\n"), &links[0], &links[1]] {
            assert_eq!(read(text).map(|id| id.to_string()), Ok(ID.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_holds_no_id_is_misuse() {
        for text in ["", "hello", "https://login.example/phone", &ID[1..]] {
            assert!(matches!(read(text), Err(CommandError::Misused(_))), "{text}");
        }
    }

    #[test]
    fn a_picture_of_a_code_is_read() {
        let link = format!("http://localhost:3000/phone?c={ID}");
        let drawn = scanlatch_client::screen::drawn(&link, false).unwrap();
        let light = |c: char, upper: bool| c == '█' || c == if upper { '▀' } else { '▄' };
        let rows = drawn.lines().flat_map(|line| [true, false].map(|upper| line.chars().map(move |c| light(c, upper))));
        let rows: Vec<Vec<bool>> = rows.map(Iterator::collect).collect();
        let (width, height) = (rows[0].len() * SIDE, rows.len() * SIDE);
        // The last line of text has but one row of the code.
        let is_white = |x: usize, y: usize| rows[y / SIDE][x / SIDE] || y / SIDE == rows.len() - 1;
        let pixels: Vec<u8> =
            (0..width * height).map(|at| if is_white(at % width, at / width) { 255 } else { 0 }).collect();
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("code.png");
        let size = [width, height].map(|side| u32::try_from(side).unwrap());
        let mut encoder = png::Encoder::new(File::create(&path).unwrap(), size[0], size[1]);
        encoder.set_color(ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
        assert_eq!(read(path.to_str().unwrap()).map(|id| id.to_string()), Ok(ID.to_owned()));

        std::fs::write(&path, "no picture").unwrap();
        let refused = read(path.to_str().unwrap()).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|why| why.contains("cannot be read as a PNG picture")));
    }

    #[test]
    fn a_clear_pixel_is_white_and_a_black_one_is_black() {
        assert_eq!([grey(&[0, 0, 0, 0], true), grey(&[0, 0, 0, 255], true), grey(&[0, 0, 0], false)], [255, 0, 0]);
        assert_eq!(grey(&[255, 255, 255], false), 255);
    }
}
