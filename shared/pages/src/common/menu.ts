import { pick } from "./language.js";

const names = pick<Record<string, string>>({
  en: {
    "flat-white": "Flat white",
    "cinnamon-bun": "Cinnamon bun",
    "orange-juice": "Orange juice",
    sandwich: "Sandwich",
  },
  de: {
    "flat-white": "Flat White",
    "cinnamon-bun": "Zimtschnecke",
    "orange-juice": "Orangensaft",
    sandwich: "Sandwich",
  },
});

/** What an item of the menu is called. */
export function itemName(id: string): string {
  return names[id] ?? id;
}
