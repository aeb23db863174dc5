/** The lines of one paragraph, none longer than `width` unless a single word is. */
export function wrapped(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of paragraph.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** The paragraphs of a text, which empty lines separate, as lines with an empty one between them. */
export function wrappedParagraphs(text: string, width: number): string[] {
  return text.split(/\n\s*\n/).flatMap((paragraph, index) => {
    const lines = wrapped(paragraph, width);
    return index === 0 ? lines : ['', ...lines];
  });
}

/** Two columns, indented by two: the second is wrapped, and stays a column. */
export function columns(rows: readonly (readonly [string, string])[], width: number): string[] {
  if (rows.length === 0) return [];
  const lengths = rows.map(([name]) => name.length).filter((length) => length <= WIDEST_LEFT);
  const left = Math.max(0, ...lengths);
  const indent = ' '.repeat(left + 4);
  return rows.flatMap(([name, text]) => {
    const [first = '', ...more] = wrapped(text, width - indent.length);
    const rest = more.map((line) => indent + line);
    return name.length > left
      ? [`  ${name}`, indent + first, ...rest]
      : [`  ${name.padEnd(left)}  ${first}`.trimEnd(), ...rest];
  });
}

// --- internal ---

/** A longer entry of the first column has a line of its own, so that the second stays wide. */
const WIDEST_LEFT = 26;
