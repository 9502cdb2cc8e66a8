export interface Snippet {
  heading: string;
  code: string;
}
export const excerpt: string;
export function snippetsIn(text: string): Snippet[];
export function snippet(call: string, text?: string): string;
export function withLabels(code: string): string;
export function original(folder?: string): string | undefined;
