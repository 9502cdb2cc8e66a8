import { pick } from "./language.js";

export interface RefusalWords {
  title: string;
  text: string;
  again: string;
}

const words = pick({
  en: {
    again: "Try again",
    unreachable: ["No connection", "The service cannot be reached. Check the network; nothing is lost."],
    unavailable: ["The service is busy", "It cannot answer right now. Try again in a moment."],
    unauthorized: [
      "Not set up yet",
      "The service does not know this site. Whoever runs it has to check its tenant and address.",
    ],
    invalid_configuration: ["Not set up yet", "This site has switched logins by phone off."],
    forbidden: ["Not allowed here", "The service does not allow this address. Whoever runs the site has to add it."],
    backend_challenge_needed: [
      "Not set up yet",
      "Here only the site's own server may begin this. Whoever runs the site has to let it ask for the code.",
    ],
    no_backend: ["Not set up yet", "This site has no server that completes logins."],
    misconfigured: ["Not set up yet", "This site's server does not say which service it belongs to."],
    login_refused: ["The login did not count", "The site's server did not accept it. Scan a new code."],
    token_invalid: ["That took too long", "Start again; it takes a moment."],
    payment_refused: ["The payment did not count", "The shop's server did not accept it. Nothing was charged."],
    action_blocked: ["Blocked", "The site has blocked this. Ask whoever runs it."],
    defect: ["Something went wrong", "The page has met a fault of its own. Loading it again helps."],
  },
  de: {
    again: "Noch einmal versuchen",
    unreachable: ["Keine Verbindung", "Der Dienst ist nicht erreichbar. Prüfen Sie das Netz; nichts ist verloren."],
    unavailable: ["Der Dienst ist ausgelastet", "Er kann gerade nicht antworten. Versuchen Sie es gleich noch einmal."],
    unauthorized: [
      "Noch nicht eingerichtet",
      "Der Dienst kennt diese Seite nicht. Wer sie betreibt, muss Mandant und Adresse prüfen.",
    ],
    invalid_configuration: ["Noch nicht eingerichtet", "Diese Seite hat Anmeldungen mit dem Handy abgeschaltet."],
    forbidden: [
      "Hier nicht erlaubt",
      "Der Dienst erlaubt diese Adresse nicht. Wer die Seite betreibt, muss sie eintragen.",
    ],
    backend_challenge_needed: [
      "Noch nicht eingerichtet",
      "Hier darf nur der Server der Seite damit beginnen. Wer die Seite betreibt, muss ihn nach dem Code fragen lassen.",
    ],
    no_backend: ["Noch nicht eingerichtet", "Diese Seite hat keinen Server, der Anmeldungen abschließt."],
    misconfigured: ["Noch nicht eingerichtet", "Der Server dieser Seite sagt nicht, zu welchem Dienst sie gehört."],
    login_refused: [
      "Die Anmeldung gilt nicht",
      "Der Server der Seite hat sie nicht angenommen. Scannen Sie einen neuen Code.",
    ],
    token_invalid: ["Das hat zu lange gedauert", "Beginnen Sie noch einmal; es dauert nur einen Moment."],
    payment_refused: [
      "Die Zahlung gilt nicht",
      "Der Server des Geschäfts hat sie nicht angenommen. Es wurde nichts abgebucht.",
    ],
    action_blocked: ["Gesperrt", "Die Seite hat dies gesperrt. Fragen Sie, wer sie betreibt."],
    defect: ["Etwas ist schiefgegangen", "Die Seite hat einen eigenen Fehler. Neu laden hilft."],
  },
});

const SAME: Record<string, keyof typeof words> = {
  internal_error: "unavailable",
  too_many_requests: "unavailable",
  expired_token: "token_invalid",
  action_already_succeeded: "token_invalid",
  tenant_not_found: "unauthorized",
};

/** What people are told for a code of the service or of the backend, and what the way on is called. */
export function refusalWords(code: string): RefusalWords {
  const known = code in words && code !== "again" ? (code as keyof typeof words) : (SAME[code] ?? "unavailable");
  const [title = "", text = ""] = words[known];
  return { title, text, again: words.again };
}
