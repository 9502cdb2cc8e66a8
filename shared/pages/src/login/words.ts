import { pick } from "../common/language.js";

export const words = pick({
  en: {
    same: "Continue on this phone",
    checking: ["Approved", "Checking with the site…"],
    declined: ["Declined", "The login was declined on the phone. Nobody was logged in."],
    declinedNumber: [
      "Not approved",
      "The login was declined on the phone, or another number was entered there. Nobody was logged in.",
    ],
    welcome: (name: string) => `Hello, ${name}`,
    signedIn: (site: string) => `You are logged in to ${site}.`,
    facts: { user: "User", since: "Since", way: "Way", wayValue: "Approved on your phone" },
    logout: "Log out",
    noCookie: [
      "Logged in, but not for long",
      "This browser keeps no cookies here, so the login is gone once you leave the page.",
    ],
  },
  de: {
    same: "Auf diesem Handy weiter",
    checking: ["Bestätigt", "Die Seite prüft die Anmeldung …"],
    declined: ["Abgelehnt", "Die Anmeldung wurde auf dem Handy abgelehnt. Niemand wurde angemeldet."],
    declinedNumber: [
      "Nicht bestätigt",
      "Die Anmeldung wurde auf dem Handy abgelehnt, oder dort wurde eine andere Zahl eingegeben. Niemand wurde angemeldet.",
    ],
    welcome: (name: string) => `Hallo, ${name}`,
    signedIn: (site: string) => `Sie sind bei ${site} angemeldet.`,
    facts: { user: "Name", since: "Seit", way: "Weg", wayValue: "Mit dem Handy bestätigt" },
    logout: "Abmelden",
    noCookie: [
      "Angemeldet, aber nicht lange",
      "Dieser Browser behält hier keine Cookies. Die Anmeldung endet, sobald Sie die Seite verlassen.",
    ],
  },
});
