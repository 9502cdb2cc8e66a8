import { country } from "../common/format.js";
import type { ClaimedChallenge } from "./phone.js";
import { words } from "./words.js";

export interface Seen {
  ipAddress?: string;
  location?: ClaimedChallenge["location"];
}

/** Which network an address belongs to, if it says nothing of a place. */
export function networkOf(address: string | undefined): "machine" | "local" | undefined {
  if (!address) return undefined;
  if (/^(127\.|::1$|::ffff:127\.)/.test(address)) return "machine";
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe80:)/i.test(address);
  return isPrivate ? "local" : undefined;
}

/** The nearest name of a place: its city, else its region, else its country. */
export function nearest({ location }: Seen): string | undefined {
  return location?.city ?? location?.region ?? (location?.country ? country(location.country) : undefined);
}

/** The place in words; what kind of network it is where no place is known. */
export function placeOf(seen: Seen): string {
  const { city, region, country: code } = seen.location ?? {};
  const parts = [city, region === city ? undefined : region, code ? country(code) : undefined].filter(Boolean);
  if (parts.length > 0) return parts.join(", ");
  const network = networkOf(seen.ipAddress);
  return network ? words.question[network] : words.question.unknown;
}

/** How far the screen is from this phone, in words. */
export interface Distance {
  text: string;
  isFar: boolean;
  /** What to say first if it is far. */
  warning?: string;
}

/** As the service tells, which sees both; else as far as both places tell. */
export function distance(screen: Seen & Pick<ClaimedChallenge, "proximity">, phone: Seen | undefined): Distance | undefined {
  const { sameNetwork, near, sameCountry, far, farFrom, farAway } = words.distance;
  switch (screen.proximity) {
    case "sameNetwork":
      return { text: sameNetwork, isFar: false };
    case "near":
      return { text: near, isFar: false };
    case "sameCountry":
      return { text: sameCountry, isFar: false };
    case "far":
      return { text: far, isFar: true, warning: nearest(screen) ? farFrom(placeOf(screen)) : farAway };
    default:
      return byPlaces(screen, phone);
  }
}

function byPlaces(screen: Seen, phone: Seen | undefined): Distance | undefined {
  if (!phone) return undefined;
  if (screen.ipAddress && screen.ipAddress === phone.ipAddress) return { text: words.distance.sameNetwork, isFar: false };
  const [there, here] = [screen.location, phone.location];
  if (!there?.country || !here?.country) return undefined;
  if (there.country !== here.country) {
    return { text: words.distance.abroad(country(there.country)), isFar: true, warning: words.question.far };
  }
  if (!there.city || !here.city) return undefined;
  const isSame = there.city === here.city;
  return { text: isSame ? words.distance.city : words.distance.country(there.city), isFar: false };
}
