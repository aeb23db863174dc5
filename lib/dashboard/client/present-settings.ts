/** Switches between dark and light, and keeps the choice in this browser. */
export function nextTheme(): void {
  const { dataset } = document.documentElement;
  const isDark = dataset['theme']
    ? dataset['theme'] === 'dark'
    : window.matchMedia('(prefers-color-scheme: dark)').matches;
  keep('theme', isDark ? 'light' : 'dark');
}

/** Switches between comfortable and compact rows, and keeps the choice in this browser. */
export function nextDensity(): 'comfortable' | 'compact' {
  const next = presentDensity() === 'compact' ? 'comfortable' : 'compact';
  keep('density', next);
  return next;
}

/** The density that the user chose. */
export function presentDensity(): 'comfortable' | 'compact' {
  return document.documentElement.dataset['density'] === 'compact' ? 'compact' : 'comfortable';
}

// --- internal ---

function keep(name: 'theme' | 'density', value: string): void {
  document.documentElement.dataset[name] = value;
  try {
    localStorage.setItem(`tracker-${name}`, value);
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}
