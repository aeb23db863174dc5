/** The picture of the window: three lines of code, one of which Claude wrote. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d1b26"/>
<path d="M7 10h11M7 22h14" stroke="#8d8a99" stroke-width="3" stroke-linecap="round"/>
<path d="M7 16h18" stroke="#b79cff" stroke-width="3" stroke-linecap="round"/></svg>`;
