/**
 * Texts that begin alike, and which of them stands at a place. It compares with a few of them only: who makes
 * a text can have all of them begin alike.
 */
export class FormsByStart {
  #sorted: readonly string[] = [];
  /** For each of them the place of the longest other one that it begins with; -1 for none. */
  #inner = new Int32Array();
  /** The forms that were added after the last sort; sorting for each of them would take long. */
  #fresh: string[] = [];

  add(form: string): void {
    this.#fresh.push(form);
    if (this.#fresh.length > MOST_FRESH) this.#sort();
  }

  /** The longest form that stands in the text at `at`; undefined if none does. */
  longestAt(text: string, at: number): string | undefined {
    let longest = this.#sorted.length > 0 ? this.#sortedAt(text.slice(at)) : undefined;
    for (const form of this.#fresh) {
      if (form.length > (longest?.length ?? 0) && text.startsWith(form, at)) longest = form;
    }
    return longest;
  }

  #sortedAt(rest: string): string | undefined {
    const forms = this.#sorted;
    let low = 0;
    let high = forms.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((forms[middle] as string) <= rest) low = middle + 1;
      else high = middle;
    }
    // What the text begins with is the form before it in the order, or that form begins with it.
    let found = low - 1;
    const alike = sameUnits(forms[found] ?? '', rest);
    while (found >= 0 && (forms[found] as string).length > alike) {
      found = this.#inner[found] as number;
    }
    return forms[found];
  }

  #sort(): void {
    const forms = [...this.#sorted, ...this.#fresh].toSorted(); // by units, as `<` compares
    const open: number[] = [];
    this.#inner = Int32Array.from(forms, (form, index) => {
      while (open.length > 0 && !form.startsWith(forms[open.at(-1) as number] as string)) {
        open.pop();
      }
      const inner = open.at(-1) ?? -1;
      open.push(index);
      return inner;
    });
    this.#sorted = forms;
    this.#fresh = [];
  }
}

// --- internal ---

const MOST_FRESH = 16;

/** How many units two texts have in common at the beginning. */
function sameUnits(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a.charCodeAt(count) === b.charCodeAt(count)) count += 1;
  return count;
}
