import { pick } from "../common/language.js";

export const words = pick({
  en: {
    title: "Log in with the phone in your hand",
    lead: "A screen shows a code, a phone scans it, a person decides. Four screens to try, and the phone that answers them.",
    phone: "Begin with a phone",
    phoneText: "Scan this with your phone's camera, type your name, done. No app.",
    qr: "QR code of the phone page",
    here: "No phone? Use this browser",
    screens: "Then open a screen",
    pages: {
      login: ["Web login", "A session without a password, and a log-out that works."],
      kiosk: ["Kiosk", "“Hi Ann, 420 points. Your usual?” Then it forgets her."],
      tv: ["TV", "Ten feet away, by remote control."],
      terminal: ["Payment terminal", "The backend names the price; the phone shows it."],
    },
    foot: "These pages are built from the browser SDK, and from nothing else that you do not get too.",
  },
  de: {
    title: "Anmelden mit dem Handy in der Hand",
    lead: "Ein Bildschirm zeigt einen Code, ein Handy scannt ihn, ein Mensch entscheidet. Vier Bildschirme zum Probieren, und das Handy dazu.",
    phone: "Beginnen Sie mit einem Handy",
    phoneText: "Scannen Sie dies mit der Kamera des Handys und tippen Sie Ihren Namen. Ohne App.",
    qr: "QR-Code der Handy-Seite",
    here: "Kein Handy? Diesen Browser nehmen",
    screens: "Dann öffnen Sie einen Bildschirm",
    pages: {
      login: ["Web-Anmeldung", "Eine Sitzung ohne Passwort, und eine Abmeldung, die wirkt."],
      kiosk: ["Kiosk", "„Hallo Ann, 420 Punkte. Wie immer?“ Dann vergisst er sie."],
      tv: ["Fernseher", "Vom Sofa aus, mit der Fernbedienung."],
      terminal: ["Kasse", "Das Backend nennt den Preis; das Handy zeigt ihn."],
    },
    foot: "Diese Seiten sind aus dem Browser-SDK gebaut, und aus nichts, das Sie nicht auch bekommen.",
  },
});
