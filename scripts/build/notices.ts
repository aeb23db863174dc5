import type { BundledPackage } from './bundled-packages.ts';

/** The licences of the bundled packages, each text once. */
export function noticesText(packages: readonly BundledPackage[]): string {
  const holders = new Map<string, string[]>();
  for (const { name, version, license, texts } of packages) {
    const text = texts.join('\n\n') || `It is under ${license}, which asks for no notice.`;
    holders.set(text, [...(holders.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const sections = [...holders].map(([text, names]) => `${RULE}\n${names.join('\n')}\n\n${text}\n`);
  return [
    'Code of the packages below is part of the programs in this folder, each under its own licence.\n',
    ...sections,
  ].join('\n');
}

// --- internal ---

const RULE = '-'.repeat(80);
