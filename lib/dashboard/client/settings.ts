// Runs before anything is drawn, so that the page does not change its colours: theme and density, as the user chose them.
const { dataset } = document.documentElement;
try {
  for (const name of ['theme', 'density']) {
    const value = localStorage.getItem(`tracker-${name}`);
    if (value) dataset[name] = value;
  }
} catch {
  // A browser that keeps nothing shows the usual ones.
}
