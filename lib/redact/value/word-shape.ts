/** True for words joined by separators or by capitals, as identifiers are: `access_token_v2`, `addInt32`. */
export function isIdentifierLike(value: string): boolean {
  if (!/^[\w.:/-]*$/.test(value)) return false;
  if (
    value
      .split(/[_.:/-]/)
      .every((part) => /^(?:[A-Za-z]*\d{0,2}|\d{1,4})$/.test(part) && !isGibberish(part))
  )
    return true;
  const parts = partsOf(value.replace(/x{4,}/gi, ''));
  const mixed = /[a-z]/.test(value);
  const numbers = parts.filter((part) => /^\d/.test(part)).length;
  const length = parts.reduce(
    (sum, part) =>
      sum +
      (/^[A-Z]/.test(part) && mixed
        ? Math.min(part.length, /[a-z]/.test(part) ? 99 : 2)
        : part.length),
    0,
  );
  // In noise, letters and digits change places with almost every character.
  return (
    numbers <= 3 &&
    length * 10 >= (parts.length - 1) * 30 &&
    !isGibberishPhrase(
      parts.filter((part) => part.length > 3 && /[a-z]/.test(part)),
      3,
    )
  );
}

/** True for letters that no word has in this order, such as `kxltpnwgtqlk`. */
export function isGibberish(value: string, least = 0.25): boolean {
  if (value.length < MIN_LETTERS || !/^[A-Za-z]+$/.test(value)) return false;
  const parts = partsOf(value);
  // A word in capitals among others is an abbreviation.
  const rare = parts.reduce(
    (sum, part) => sum + (parts.length > 1 && /^[A-Z]+$/.test(part) ? 0 : rarePairs(part)),
    0,
  );
  return rare >= (value.length - 1) * (value.length < 10 ? Math.max(least, 1 / 3) : least);
}

/** True for what a machine made, or a careful person: letters and digits that no identifier mixes so. */
export function isRandom(value: string): boolean {
  if (value.length < 8) return false;
  const letters = /[A-Za-z]/.test(value);
  if (/\d/.test(value)) return letters && !isIdentifierLike(value);
  return isGibberish(value, 0.4) || isSigned(value) || (value.length >= 16 && isMixedCase(value));
}

/** True for gibberish with signs in it, such as `kxl!tpn-wgtqlk`. */
export function isSigned(value: string): boolean {
  const letters = value.replace(/[^A-Za-z]/g, '');
  return letters.length >= 7 && /[!@#$%^&*?~{}()[\];|<>'+=,:]/.test(value) && isGibberish(letters);
}

/** True for words none of which is one, such as `ldzbi enioig ullim`; the pairs within words count. */
export function isGibberishPhrase(words: readonly string[], oneIn = 7): boolean {
  let pairs = 0;
  let rare = 0;
  for (const word of words) {
    if (!/^[A-Za-z]+$/.test(word)) return false;
    pairs += word.length - 1;
    rare += rarePairs(word);
  }
  return rare >= 3 && rare * oneIn >= pairs;
}

/** True for letters whose case changes as in no name in camel case, such as `aBcDEfgHIJk`. */
export function isMixedCase(value: string): boolean {
  return (
    /^[A-Za-z+/=_-]*[a-z][A-Za-z+/=_-]*$/.test(value) && partsOf(value).length * 3 > value.length
  );
}

// --- internal ---

/** The words of an identifier and its numbers. */
function partsOf(value: string): string[] {
  return value.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
}

function rarePairs(word: string): number {
  const letters = word.toLowerCase();
  let rare = 0;
  for (let i = 1; i < letters.length; i += 1) {
    if (!COMMON_PAIRS.has(letters.slice(i - 1, i + 1))) rare += 1;
  }
  return rare;
}

const MIN_LETTERS = 6;
/** Each letter, then those that often follow it in words. */
const COMMON_PAIRS: ReadonlySet<string> = new Set(
  'abcdfgiklmnprstuvwy baeilorsu cacehiklorstuy dadeilorsu eabcdefgilmnopqrstuvwxy faefilortuy gaeghilnorsu haeiortu iabcdefglmnoprstvxz jeosu keis ladeilostuy mabeimopsu nacdefgiklnostuvy oabcdfgiklmnoprstuvw paehiloprstu qu racdefgiklmnorstuvy sacehiklmopstuwy tacehilorstuwy uabcdegilmnprst vaeio waehinor xaceipt yeinps zae'
    .split(' ')
    .flatMap((row) => row.split('').map((next) => row.charAt(0) + next)),
);
