import type { McpTool } from './mcp-tool.ts';
import { blameLinesTool } from './tools/blame-lines.ts';
import { fileHistoryTool } from './tools/file-history.ts';
import { findSimilarTool } from './tools/find-similar.ts';
import { healthTool } from './tools/health.ts';
import { searchPatternsTool } from './tools/search-patterns.ts';
import { sessionTimelineTool } from './tools/session-timeline.ts';
import { statsTool } from './tools/stats-figures.ts';

/** Every tool, in the order in which a client lists them. A new one is a file in tools/ and a line here. */
export const MCP_TOOLS: readonly McpTool[] = [
  searchPatternsTool,
  findSimilarTool,
  fileHistoryTool,
  blameLinesTool,
  sessionTimelineTool,
  statsTool,
  healthTool,
];
