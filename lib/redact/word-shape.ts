/** True for words joined by separators, as identifiers are: `access_token_v2`, `oauth2Client`. */
export function isIdentifierLike(value: string): boolean {
  return value.split(/[_.:/-]/).every((part) => /^[A-Za-z]*\d{0,2}$/.test(part) && !isGibberish(part));
}

/** True for letters that no word has in this order, such as `kxltpnwgtqlk`. */
export function isGibberish(value: string): boolean {
  if (value.length < MIN_LETTERS || !/^[A-Za-z]+$/.test(value)) return false;
  const letters = value.toLowerCase();
  let rare = 0;
  for (let i = 1; i < letters.length; i += 1) {
    if (!COMMON_PAIRS.has(letters.slice(i - 1, i + 1))) rare += 1;
  }
  return rare * RARE_ONE_IN >= letters.length - 1;
}

/** True for what a machine made, or a careful person: letters and digits that no identifier mixes so. */
export function isRandom(value: string): boolean {
  if (value.length < 8) return false;
  const letters = /[A-Za-z]/.test(value);
  if (/\d/.test(value)) return letters && !isIdentifierLike(value);
  return isGibberish(value) || (value.length >= 16 && isMixedCase(value));
}

/** True for letters whose case changes as in no name in camel case, such as `aBcDEfgHIJk`. */
export function isMixedCase(value: string): boolean {
  return (
    /^[A-Za-z+/=_-]*$/.test(value) && (value.match(/[A-Z][a-z]?(?=[A-Z])/g)?.length ?? 0) >= 3 &&
    /[a-z]/.test(value)
  );
}

// --- internal ---

const MIN_LETTERS = 6;
/** One rare pair among so many pairs. Of random letters 98 % have it, of words in code and texts 2 %. */
const RARE_ONE_IN = 4;
/** Each letter, then those that often follow it in words. */
const COMMON_PAIRS: ReadonlySet<string> = new Set(
  'abcdfgiklmnprstuvwy baeilorsu cacehiklorstuy dadeilorsu eabcdefgilmnopqrstuvwxy faefilortuy gaeghilnorsu haeiortu iabcdefglmnoprstvxz jeosu keis ladeilostuy mabeimopsu nacdefgiklnostuvy oabcdfgiklmnoprstuvw paehiloprstu qu racdefgiklmnorstuvy sacehiklmopstuwy tacehilorstuwy uabcdegilmnprst vaeio waehinor xaceipt yeinps zae'
    .split(' ')
    .flatMap((row) => row.split('').map((next) => row.charAt(0) + next)),
);
