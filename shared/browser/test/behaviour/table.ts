/** How a behaviour went with each SDK. */
export interface Result {
  theme: string;
  name: string;
  isOurs: boolean;
  isOfficial: boolean;
}

/** A table of what an SDK fails, by theme, with how many behaviours each theme has. `official` heads the other SDK's column. */
export function drawn(results: readonly Result[], official: string): string {
  const rows: (readonly [string, string, string])[] = [["a person counts on a screen that …", official, "this SDK"]];
  const totals = (title: string, of: readonly Result[]) =>
    rows.push([title, `${of.filter(({ isOfficial }) => isOfficial).length} of ${of.length}`, `${of.filter(({ isOurs }) => isOurs).length} of ${of.length}`]);
  const word = (holds: boolean) => (holds ? "yes" : "fails");
  for (const theme of new Set(results.map((result) => result.theme))) {
    const about = results.filter((result) => result.theme === theme);
    totals(theme.toUpperCase(), about);
    for (const { name, isOfficial, isOurs } of about) {
      if (!isOfficial || !isOurs) rows.push([`  ${name}`, word(isOfficial), word(isOurs)]);
    }
  }
  totals("ALL", results);
  const width = (column: 0 | 1 | 2) => Math.max(...rows.map((row) => row[column].length));
  const [first, second] = [width(0), width(1)];
  return rows.map(([a, b, c]) => `${a.padEnd(first)}  ${b.padEnd(second)}  ${c}`).join("\n");
}
