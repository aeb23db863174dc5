import type { Statistics } from '../../store/queries/statistics/statistics.ts';

/** The numbers for `--json`; without a database, none. */
export function statisticsJson(statistics: Statistics) {
  return {
    ...statistics,
    patterns: statistics.patterns.map(({ id, name, language, uses, occurrences, filePath }) => ({
      patternId: id,
      name,
      language,
      uses,
      occurrences,
      filePath,
    })),
  };
}
