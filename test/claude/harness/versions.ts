/** What a version of Claude Code does not do, and so the checks leave out for it. */
export type Lack = 'rejected-calls' | 'agent-ids' | 'bash-diffs' | 'rewritten-input';

/** A version of Claude Code that is tested, and what it lacks, each with the reason. */
export interface ClaudeVersion {
  readonly version: string;
  readonly lacks: Readonly<Partial<Record<Lack, string>>>;
}

/** The newest version tested. */
export const CLAUDE_CURRENT: ClaudeVersion = { version: '2.1.332', lacks: {} };

/** The oldest version tested. */
export const CLAUDE_OLD: ClaudeVersion = {
  version: '2.0.76',
  lacks: {
    'rejected-calls': 'no PostToolBatch: a call refused before it ran fires no hook at all',
    'agent-ids': 'the tool events inside a subagent do not carry its agent_id',
    'rewritten-input': 'it wrote what Claude asked for, whatever updatedInput said',
    'bash-diffs': 'the response of Bash does not name the files it wrote',
  },
};

/** One Node.js for each version of the SQLite module. */
export const NODES = ['20.20.2', '24.21.0'] as const;
