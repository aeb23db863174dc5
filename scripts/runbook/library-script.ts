/** One of the library's blocks as sh runs it: it needs no package beside the installation. */
export function library(script: string): string {
  return `node --input-type=module <<'END'
const { PatternTracker } = await import(
  \`\${process.env.HOME}/.claude/hooks/pattern-tracker/dist/index.mjs\`
);
${script.trim()}
END`;
}
