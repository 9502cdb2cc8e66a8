import { pick } from "../common/language.js";

/** What comes after a problem. */
export type Way = "scan" | "type" | "retry" | "enrol" | "home" | "none";

type Problem = readonly [title: string, text: string];

const words = pick<Record<string, Problem>>({
  en: {
    broken: ["That is no code of ours", "The link is damaged or cut off. Scan the code on the screen once more."],
    foreign: ["That code is not from here", "It belongs to something else. Scan the code that the login page shows."],
    unknown: [
      "This code is not for you",
      "It is unknown here, or it is meant for somebody else. Show a new code on the screen.",
    ],
    expired: ["This code has expired", "Codes live for a few minutes. Scan the one that the screen shows now."],
    tries: [
      "Too many wrong codes",
      "Five were wrong, so no code can be typed for an hour. You can scan a code right away.",
    ],
    number: [
      "That was another number",
      "There is one try, so this question is over, and nothing was approved. Show a new code on the screen, scan that, and type the number that it shows then. If no screen in front of you shows one, somebody else was asking.",
    ],
    late: [
      "This question is over",
      "It was not answered in time, so nothing happened. If you still want it, show a new code on the screen and scan that.",
    ],
    distant: [
      "This screen is too far away",
      "The site allows this only to a phone that is near the screen. If you stand in front of it, ask whoever runs the site.",
    ],
    paused: [
      "This phone has to wait",
      "Too many questions were left open, or too many numbers were wrong. After a while, an hour at most, you can go on.",
    ],
    superseded: ["There is a newer code", "The screen has renewed it in the meantime. Scan the one that it shows now."],
    cancelled: ["The screen has left", "It does not wait for this code any more. Show a new one and scan that."],
    taken: ["Another phone was faster", "It has scanned this code already. Show a new one on the screen."],
    used: ["This code was used already", "Each code works once. Show a new one on the screen if you need it."],
    approved: [
      "You approved this already",
      "Each code works once. If the screen still waits, show a new one there and scan that.",
    ],
    declined: [
      "You declined this already",
      "Each code works once. If you want to go on after all, show a new one on the screen and scan that.",
    ],
    blocked: ["This is blocked", "The site does not allow it. Ask whoever runs the site."],
    removed: ["This phone was removed", "It can approve nothing any more. Set it up again if it is still yours."],
    forgotten: [
      "Set this phone up again",
      "The site does not know any more whose phone it is. Then you see your logins and devices here again.",
    ],
    stranger: [
      "This payment is unknown",
      "No shop here has asked for it, so it cannot be approved. Nothing was charged.",
    ],
    paid: ["This payment is over", "It was paid or declined already, or it took too long."],
    taken_key: [
      "This phone belongs to somebody else",
      "It is set up for another name. Remove it there first, or use its own name.",
    ],
    full: ["You have too many devices", "Remove one of them on another phone first."],
    network: ["No connection", "The service cannot be reached. Check the network, then try again."],
    busy: ["The service is busy", "It cannot answer right now. Nothing is lost; try again in a moment."],
    storage: [
      "This browser keeps nothing",
      "A private window or an app's own browser cannot hold your key. Open the link in Safari, Chrome or Firefox.",
    ],
    insecure: [
      "This address is not secure",
      "Browsers make keys only by https. Open the page by its https address, or on the machine itself.",
    ],
    key: ["This browser is too old", "It cannot make the key that is needed. Use a current Safari, Chrome or Firefox."],
    denied: [
      "The camera is blocked",
      "Allow it for this page in the browser's settings. Or open the camera app and point it at the code.",
    ],
    nocamera: ["There is no camera", "This device has none that the page can use. Type or paste the code instead."],
    scanner: ["The scanner did not load", "Check the network, or open the camera app and point it at the code."],
    defect: ["Something went wrong", "The page has met a fault of its own. Load it again."],
  },
  de: {
    broken: [
      "Das ist kein Code von uns",
      "Der Link ist beschädigt oder abgeschnitten. Scannen Sie den Code auf dem Bildschirm noch einmal.",
    ],
    foreign: [
      "Dieser Code ist nicht von hier",
      "Er gehört zu etwas anderem. Scannen Sie den Code, den die Anmeldeseite zeigt.",
    ],
    unknown: [
      "Dieser Code ist nicht für Sie",
      "Er ist hier unbekannt oder für jemand anderen. Lassen Sie einen neuen Code zeigen.",
    ],
    expired: ["Dieser Code ist abgelaufen", "Codes leben ein paar Minuten. Scannen Sie den, der jetzt zu sehen ist."],
    tries: [
      "Zu viele falsche Codes",
      "Fünf waren falsch, darum lässt sich eine Stunde lang keiner tippen. Scannen können Sie sofort.",
    ],
    number: [
      "Das war eine andere Zahl",
      "Es gibt einen Versuch, darum ist diese Frage vorbei, und nichts wurde bestätigt. Lassen Sie einen neuen Code zeigen, scannen Sie ihn und tippen Sie die Zahl, die dann zu sehen ist. Hat kein Bildschirm vor Ihnen eine gezeigt, hat jemand anderes gefragt.",
    ],
    late: [
      "Diese Frage ist vorbei",
      "Sie wurde nicht rechtzeitig beantwortet, darum ist nichts geschehen. Wenn Sie es noch möchten, lassen Sie einen neuen Code zeigen und scannen Sie ihn.",
    ],
    distant: [
      "Dieser Bildschirm ist zu weit weg",
      "Die Seite erlaubt dies nur einem Handy in der Nähe des Bildschirms. Wenn Sie davor stehen, fragen Sie, wer die Seite betreibt.",
    ],
    paused: [
      "Dieses Handy muss warten",
      "Zu viele Fragen blieben offen, oder zu viele Zahlen waren falsch. Nach einer Weile, höchstens einer Stunde, geht es weiter.",
    ],
    superseded: [
      "Es gibt einen neueren Code",
      "Der Bildschirm hat ihn inzwischen erneuert. Scannen Sie den, der jetzt zu sehen ist.",
    ],
    cancelled: [
      "Der Bildschirm ist weg",
      "Er wartet nicht mehr auf diesen Code. Lassen Sie einen neuen zeigen und scannen Sie ihn.",
    ],
    taken: ["Ein anderes Handy war schneller", "Es hat diesen Code schon gescannt. Lassen Sie einen neuen zeigen."],
    used: ["Dieser Code ist verbraucht", "Jeder Code gilt einmal. Lassen Sie bei Bedarf einen neuen zeigen."],
    approved: [
      "Das haben Sie schon bestätigt",
      "Jeder Code gilt einmal. Wenn der Bildschirm noch wartet, lassen Sie einen neuen zeigen und scannen Sie ihn.",
    ],
    declined: [
      "Das haben Sie schon abgelehnt",
      "Jeder Code gilt einmal. Wenn Sie doch weitermachen möchten, lassen Sie einen neuen zeigen und scannen Sie ihn.",
    ],
    blocked: ["Das ist gesperrt", "Die Seite erlaubt es nicht. Fragen Sie, wer die Seite betreibt."],
    removed: [
      "Dieses Handy wurde entfernt",
      "Es kann nichts mehr bestätigen. Richten Sie es neu ein, wenn es noch Ihres ist.",
    ],
    forgotten: [
      "Richten Sie dieses Handy neu ein",
      "Die Seite weiß nicht mehr, wessen Handy es ist. Danach sehen Sie hier wieder Anmeldungen und Geräte.",
    ],
    stranger: [
      "Diese Zahlung ist unbekannt",
      "Kein Geschäft hier hat sie verlangt, darum lässt sie sich nicht bestätigen. Es wurde nichts abgebucht.",
    ],
    paid: ["Diese Zahlung ist vorbei", "Sie wurde schon bezahlt oder abgelehnt, oder es hat zu lange gedauert."],
    taken_key: [
      "Dieses Handy gehört jemand anderem",
      "Es ist für einen anderen Namen eingerichtet. Entfernen Sie es dort zuerst, oder nehmen Sie dessen Namen.",
    ],
    full: ["Sie haben zu viele Geräte", "Entfernen Sie zuerst eines davon auf einem anderen Handy."],
    network: [
      "Keine Verbindung",
      "Der Dienst ist nicht erreichbar. Prüfen Sie das Netz und versuchen Sie es noch einmal.",
    ],
    busy: [
      "Der Dienst ist ausgelastet",
      "Er kann gerade nicht antworten. Nichts ist verloren; versuchen Sie es gleich noch einmal.",
    ],
    storage: [
      "Dieser Browser behält nichts",
      "Ein privates Fenster oder der Browser in einer App kann Ihren Schlüssel nicht halten. Öffnen Sie den Link in Safari, Chrome oder Firefox.",
    ],
    insecure: [
      "Diese Adresse ist nicht sicher",
      "Browser erzeugen Schlüssel nur über https. Öffnen Sie die Seite über ihre https-Adresse oder auf dem Rechner selbst.",
    ],
    key: [
      "Dieser Browser ist zu alt",
      "Er kann den nötigen Schlüssel nicht erzeugen. Nehmen Sie ein aktuelles Safari, Chrome oder Firefox.",
    ],
    denied: [
      "Die Kamera ist gesperrt",
      "Erlauben Sie sie in den Einstellungen des Browsers. Oder richten Sie die Kamera-App auf den Code.",
    ],
    nocamera: [
      "Es gibt keine Kamera",
      "Dieses Gerät hat keine, die die Seite nutzen kann. Tippen oder fügen Sie den Code ein.",
    ],
    scanner: ["Der Scanner ist nicht geladen", "Prüfen Sie das Netz, oder richten Sie die Kamera-App auf den Code."],
    defect: ["Etwas ist schiefgegangen", "Die Seite hat einen eigenen Fehler. Laden Sie sie neu."],
  },
});

/** Each code of the service, of the SDK and of this page: which problem it is, and what comes next. */
const KNOWN: Record<string, [problem: string, way: Way]> = {
  invalid_challenge_id: ["broken", "scan"],
  invalid_request: ["broken", "scan"],
  foreign: ["foreign", "scan"],
  challenge_not_found: ["unknown", "scan"],
  challenge_expired: ["expired", "scan"],
  challenge_superseded: ["superseded", "scan"],
  challenge_cancelled: ["cancelled", "scan"],
  challenge_not_claimed: ["expired", "scan"],
  challenge_already_claimed: ["taken", "scan"],
  challenge_already_decided: ["used", "scan"],
  challenge_not_open: ["used", "scan"],
  approved_before: ["approved", "scan"],
  declined_before: ["declined", "scan"],
  action_already_succeeded: ["used", "scan"],
  signature_spent: ["used", "scan"],
  too_many_tries: ["tries", "scan"],
  wrong_number: ["number", "scan"],
  question_over: ["late", "scan"],
  paused: ["paused", "home"],
  too_far: ["distant", "home"],
  backend_challenge_needed: ["blocked", "home"],
  action_blocked: ["blocked", "home"],
  forbidden: ["blocked", "home"],
  insufficient_scope: ["blocked", "home"],
  unauthorized: ["blocked", "home"],
  no_backend: ["blocked", "home"],
  invalid_credential: ["removed", "enrol"],
  credential_not_found: ["removed", "enrol"],
  not_enrolled: ["forgotten", "enrol"],
  payment_not_found: ["stranger", "home"],
  payment_over: ["paid", "home"],
  credential_taken: ["taken_key", "enrol"],
  too_many_devices: ["full", "home"],
  network_error: ["network", "retry"],
  unreachable: ["network", "retry"],
  unavailable: ["busy", "retry"],
  internal_error: ["busy", "retry"],
  too_many_requests: ["busy", "retry"],
  expired_token: ["busy", "retry"],
  token_invalid: ["busy", "retry"],
  token_spent: ["busy", "retry"],
  storage_unavailable: ["storage", "none"],
  insecure_context: ["insecure", "none"],
  create_key_pair_failed: ["key", "none"],
  NotAllowedError: ["denied", "type"],
  NotFoundError: ["nocamera", "type"],
  OverconstrainedError: ["nocamera", "type"],
  NotReadableError: ["nocamera", "type"],
  scanner: ["scanner", "type"],
};

/** What people are told for a code, and what they can do next. An unknown code may pass, so it is worth another try. */
export function problem(code: string): { name: string; title: string; text: string; way: Way } {
  const [name, way] = KNOWN[code] ?? ["defect", "retry"];
  const [title = "", text = ""] = words[name] ?? [];
  return { name, title, text, way };
}
