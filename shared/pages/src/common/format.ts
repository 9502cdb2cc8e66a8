import { language } from "./language.js";

/** The page's language as this person's region writes numbers and times. */
const locale = navigator.languages.find((name) => name.startsWith(language)) ?? language;

/** An amount in whole minor units, as people write it: 1250 EUR is €12.50. */
export function money(minor: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat(locale, { style: "currency", currency });
    return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${(minor / 100).toFixed(2)} ${currency}`;
  }
}

/** The time of day, in minutes. */
export function clock(at: Date): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(at);
}

/** A day and a time, as near as it needs: today's go without their day. */
export function moment(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return "";
  const isToday = at.toDateString() === new Date().toDateString();
  if (isToday) return clock(at);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(
    at,
  );
}

/** A country's name; its code if this browser knows none. */
export function country(code: string): string {
  try {
    return new Intl.DisplayNames([locale], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
