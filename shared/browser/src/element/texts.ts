import type { Texts } from "../element.js";

const en: Texts = {
  label: "QR code. Scan it with your phone.",
  connecting: "One moment",
  connectingHint: "Getting a code …",
  code: "Scan with your phone",
  codeHint: "Point its camera at the code, then confirm on the phone.",
  codeOfflineHint: "This screen has lost its connection. It hears of your scan as soon as it is back.",
  shortCode: "Cannot scan? Type this on your phone:",
  expiring: "A new code comes in a moment.",
  scanned: "Scanned",
  scannedHint: "Now confirm on your phone.",
  number: "Enter {number} on your phone",
  numberHint: "The phone asks for this number before it confirms.",
  scannedOfflineHint: "Confirm on your phone. This screen has lost its connection and hears of it as soon as it is back.",
  approved: "Confirmed",
  approvedHint: "You can put your phone away.",
  declined: "Declined",
  declinedHint: "The request was declined on the phone. Nothing has happened.",
  declinedNumberHint: "The request was declined on the phone, or another number was entered there. Nothing has happened.",
  offline: "No connection",
  offlineHint: "A new code comes by itself as soon as the connection is back.",
  expired: "The code has run out",
  expiredHint: "A new one is on its way.",
  error: "That did not work",
  errorHint: "Try again. If it goes on, tell the people who run this screen.",
  staleHint: "This page has been open for too long. Load it again.",
  retry: "Try again",
  cancel: "Cancel",
};

const de: Texts = {
  label: "QR-Code. Mit dem Handy scannen.",
  connecting: "Einen Moment",
  connectingHint: "Code wird geholt …",
  code: "Mit dem Handy scannen",
  codeHint: "Kamera auf den Code richten, dann am Handy bestätigen.",
  codeOfflineHint: "Die Verbindung ist unterbrochen. Sobald sie zurück ist, geht es hier weiter.",
  shortCode: "Scannen geht nicht? Am Handy eintippen:",
  expiring: "Gleich kommt ein neuer Code.",
  scanned: "Gescannt",
  scannedHint: "Jetzt am Handy bestätigen.",
  number: "Am Handy {number} eingeben",
  numberHint: "Das Handy fragt nach dieser Zahl, bevor es bestätigt.",
  scannedOfflineHint: "Am Handy bestätigen. Die Verbindung ist unterbrochen; sobald sie zurück ist, geht es hier weiter.",
  approved: "Bestätigt",
  approvedHint: "Das Handy wird nicht mehr gebraucht.",
  declined: "Abgelehnt",
  declinedHint: "Die Anfrage wurde am Handy abgelehnt. Es ist nichts geschehen.",
  declinedNumberHint: "Die Anfrage wurde am Handy abgelehnt, oder dort wurde eine andere Zahl eingegeben. Es ist nichts geschehen.",
  offline: "Keine Verbindung",
  offlineHint: "Sobald die Verbindung zurück ist, kommt von selbst ein neuer Code.",
  expired: "Der Code ist abgelaufen",
  expiredHint: "Ein neuer ist unterwegs.",
  error: "Das hat nicht geklappt",
  errorHint: "Noch einmal versuchen. Hilft das nicht, bitte beim Betreiber melden.",
  staleHint: "Diese Seite war zu lange offen. Bitte neu laden.",
  retry: "Noch einmal",
  cancel: "Abbrechen",
};

const LANGUAGES: Readonly<Record<string, Texts>> = { de, en };

/** What is shown in a language: the page's own texts, then those of this language, then English. */
export function textsIn(lang: string, own: Partial<Texts>): { texts: Texts; lang: string } {
  const [language = ""] = lang.toLowerCase().split(/[-_]/);
  const known = Object.hasOwn(LANGUAGES, language) ? language : "en";
  const isOwn = Object.keys(own).length > 0;
  return { texts: { ...en, ...LANGUAGES[known], ...own }, lang: isOwn && lang ? lang : known };
}

/** The texts in what a page gives: an object, or one as JSON. Members that are no texts are left out. */
export function ownTexts(given: unknown): Partial<Texts> {
  let value = given;
  if (typeof given === "string") {
    try {
      value = JSON.parse(given);
    } catch {
      console.warn("<scanlatch-qr>: the attribute texts is no JSON");
      return {};
    }
  }
  if (typeof value !== "object" || value === null) return {};
  const texts = Object.entries(value).filter(([name, text]) => Object.hasOwn(en, name) && typeof text === "string");
  return Object.fromEntries(texts) as Partial<Texts>;
}
