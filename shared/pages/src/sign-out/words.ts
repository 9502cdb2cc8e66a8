import { pick } from "../common/language.js";

export const words = pick({
  en: {
    ask: (site: string) => [
      `Log out of ${site}?`,
      "This browser forgets your login here. Applications that you have open may keep theirs until you log out there.",
    ],
    yes: "Log out",
    missing: [
      "No application has sent you",
      "This page is a step of logging out elsewhere. Open the application that you use, and log out there.",
    ],
    damaged: ["This link is damaged", "A part of it is missing. Go back to the application and log out there again."],
  },
  de: {
    ask: (site: string) => [
      `Bei ${site} abmelden?`,
      "Dieser Browser vergisst Ihre Anmeldung hier. Offene Anwendungen können ihre behalten, bis Sie sich dort abmelden.",
    ],
    yes: "Abmelden",
    missing: [
      "Keine Anwendung hat Sie geschickt",
      "Diese Seite gehört zu einer Abmeldung anderswo. Öffnen Sie die Anwendung, die Sie nutzen, und melden Sie sich dort ab.",
    ],
    damaged: [
      "Dieser Link ist beschädigt",
      "Ein Teil davon fehlt. Gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal ab.",
    ],
  },
});
