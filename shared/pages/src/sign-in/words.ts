import { pick } from "../common/language.js";

export const words = pick({
  en: {
    page: "Log in",
    application: "the application",
    same: "Open on this phone",
    back: (name: string) => `Back to ${name}`,
    leaving: (name: string) => ["One moment", `You go back to ${name}.`],
    approved: (name: string) => ["Approved", `You go on to ${name}.`],
    go: (name: string) => `Go on to ${name}`,
    declined: ["You declined on your phone", "Nobody was logged in."],
    declinedNumber: ["Not approved", "You declined on your phone, or entered another number there. Nobody was logged in."],
    retry: "Try again",
    goBack: "Go back",
  },
  de: {
    page: "Anmelden",
    application: "der Anwendung",
    same: "Auf diesem Handy öffnen",
    back: (name: string) => `Zurück zu ${name}`,
    leaving: (name: string) => ["Einen Moment", `Es geht zurück zu ${name}.`],
    approved: (name: string) => ["Bestätigt", `Es geht weiter zu ${name}.`],
    go: (name: string) => `Weiter zu ${name}`,
    declined: ["Sie haben auf dem Handy abgelehnt", "Niemand wurde angemeldet."],
    declinedNumber: [
      "Nicht bestätigt",
      "Sie haben auf dem Handy abgelehnt oder dort eine andere Zahl eingegeben. Niemand wurde angemeldet.",
    ],
    retry: "Noch einmal versuchen",
    goBack: "Zurück",
  },
});
