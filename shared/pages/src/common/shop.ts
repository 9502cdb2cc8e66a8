/** Whose kiosk and till these pages are; the example backend gives payments the same payee. */
export const SHOP = "Cafe Nord";
