import { pick } from "../common/language.js";

const words = pick({
  en: {
    missing: [
      "No application has sent you",
      "This page is a step of logging in elsewhere. Open the application that you want to use, and log in there.",
    ],
    damaged: ["This link is damaged", "A part of it is missing. Go back to the application and log in there again."],
    over: [
      "This login is over",
      "It was finished already, or it began in another browser, or this one keeps no cookies. Go back to the application and log in there again.",
    ],
    late: ["That took too long", "A login waits for half an hour. Go back to the application and log in there again."],
    refused: [
      "The approval did not count",
      "It was for another login. Go back to the application and log in there again.",
    ],
    application: [
      "This application is unknown here",
      "It was removed, or never registered. Go back to it and log in there again; if that does not help, tell whoever runs it.",
    ],
    site: [
      "There is no such login here",
      "The address names a service that this site does not have. Go back to the application and log in there again; if that does not help, tell whoever runs it.",
    ],
    closed: [
      "Logins by phone are switched off",
      "This site does not allow them now. Go back to the application, and ask whoever runs it.",
    ],
    busy: ["The service is busy", "It cannot answer right now. Nothing is lost; this page tries again by itself."],
    network: [
      "No connection",
      "The service cannot be reached. Check the network; this page tries again by itself, and nothing is lost.",
    ],
    defect: [
      "Something went wrong",
      "Load this page again. If that does not help, go back to the application and log in there again.",
    ],
  },
  de: {
    missing: [
      "Keine Anwendung hat Sie geschickt",
      "Diese Seite gehört zu einer Anmeldung anderswo. Öffnen Sie die Anwendung, die Sie nutzen wollen, und melden Sie sich dort an.",
    ],
    damaged: [
      "Dieser Link ist beschädigt",
      "Ein Teil davon fehlt. Gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal an.",
    ],
    over: [
      "Diese Anmeldung ist vorbei",
      "Sie wurde schon abgeschlossen, begann in einem anderen Browser, oder dieser behält keine Cookies. Gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal an.",
    ],
    late: [
      "Das hat zu lange gedauert",
      "Eine Anmeldung wartet eine halbe Stunde. Gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal an.",
    ],
    refused: [
      "Die Bestätigung gilt nicht",
      "Sie war für eine andere Anmeldung. Gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal an.",
    ],
    application: [
      "Diese Anwendung ist hier unbekannt",
      "Sie wurde entfernt oder nie eingetragen. Gehen Sie zu ihr zurück und melden Sie sich dort noch einmal an; hilft das nicht, sagen Sie es dem, der sie betreibt.",
    ],
    site: [
      "Diese Anmeldung gibt es hier nicht",
      "Die Adresse nennt einen Dienst, den diese Seite nicht hat. Gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal an; hilft das nicht, sagen Sie es dem, der sie betreibt.",
    ],
    closed: [
      "Anmeldungen mit dem Handy sind abgeschaltet",
      "Diese Seite erlaubt sie gerade nicht. Gehen Sie zur Anwendung zurück und fragen Sie, wer sie betreibt.",
    ],
    busy: [
      "Der Dienst ist ausgelastet",
      "Er kann gerade nicht antworten. Nichts ist verloren; die Seite versucht es von selbst weiter.",
    ],
    network: [
      "Keine Verbindung",
      "Der Dienst ist nicht erreichbar. Prüfen Sie das Netz; die Seite versucht es von selbst weiter, und nichts ist verloren.",
    ],
    defect: [
      "Etwas ist schiefgegangen",
      "Laden Sie diese Seite neu. Hilft das nicht, gehen Sie zur Anwendung zurück und melden Sie sich dort noch einmal an.",
    ],
  },
});

type Name = keyof typeof words;

/** Each code of the provider and of this page. */
const KNOWN: Record<string, Name> = {
  missing: "missing",
  damaged: "damaged",
  invalid_request: "damaged",
  challenge_not_found: "over",
  challenge_expired: "late",
  expired_token: "late",
  token_invalid: "refused",
  challenge_not_approved: "refused",
  unknown_client: "application",
  tenant_not_found: "site",
  unauthorized: "site",
  not_found: "site",
  no_backend: "site",
  misconfigured: "site",
  invalid_configuration: "closed",
  forbidden: "closed",
  action_blocked: "closed",
  unavailable: "busy",
  internal_error: "busy",
  too_many_requests: "busy",
  unreachable: "network",
};

/** What people are told for a code. */
export function problem(code: string): { name: Name; title: string; text: string } {
  const name = KNOWN[code] ?? "defect";
  const [title = "", text = ""] = words[name];
  return { name, title, text };
}
