/**
 * Has the links of a page lead to files of the copy. A link to what is not in it becomes plain text: `href` is taken away.
 * In what preact draws, a quotation mark stands around attributes only.
 *
 * @param fileOf the file of a path, relative to the page; undefined for what is not in the copy
 */
export function withStaticLinks(
  html: string,
  fileOf: (path: string) => string | undefined,
): string {
  return html.replaceAll(/ href="(\/[^"]*)"/g, (_, path: string) => {
    const file = fileOf(path.replaceAll('&amp;', '&'));
    return file === undefined ? '' : ` href="${file}"`;
  });
}
