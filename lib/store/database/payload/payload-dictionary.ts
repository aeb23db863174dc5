/**
 * What payloads of events have in common: deflate refers to it in place of repeating it. The last words are the cheapest to
 * refer to. What was packed with it needs it to be read, so it is never edited: a better one gets a number of its own.
 */
export const PAYLOAD_DICTIONARY = [
  '<task-notification>\\n<task-id></task-id>\\n<tool-use-id></tool-use-id>\\n<output-file></output-file>\\n<status>completed</status>\\n<summary>Background command \\"\\" completed (exit code 0)</summary>\\n</task-notification>',
  '"agent_id":"","agent_type":"general-purpose","agent_transcript_path":"/subagents/agent-.jsonl"',
  '"trigger":"auto","custom_instructions":"","compact_summary":"[left out]","notification_type":"idle_prompt"',
  '{"type":"create","filePath":"","content":"[left out:  characters]","structuredPatch":[],"originalFile":null,"userModified":false}',
  '"tool_response":{"type":"text","file":{"filePath":"","content":"","numLines":,"startLine":1,"totalLines":}}',
  '"tool_response":{"mode":"content","numFiles":0,"filenames":[],"content":"","numLines":0,"durationMs":,"truncated":false}',
  '"tool_input":{"pattern":"","path":"","output_mode":"content","glob":"**/*.ts","-n":true}',
  '"tool_input":{"subagent_type":"","description":"","prompt":"","model":"","status":"completed","content":[{"type":"text","text":""}],"totalDurationMs":,"totalTokens":,"totalToolUseCount":,"usage":{"input_tokens":,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":}',
  '{"todos":[{"content":"","status":"pending","activeForm":""},{"content":"","status":"in_progress","activeForm":""}]}',
  '"hook_event_name":"PostToolUseFailure","error":"Exit code 1\\n","is_interrupt":false,"hook_event_name":"PermissionRequest"',
  '"hook_event_name":"SubagentStop","stop_hook_active":false,"last_assistant_message":"","background_tasks":[],"session_crons":[]}',
  '"hook_event_name":"UserPromptSubmit","prompt":"","hook_event_name":"SessionStart","source":"startup","model":"claude-","reason":"other"',
  " interface  extends  implements  readonly  private  static  typeof  undefined;\\n    } else if (!== null) {\\n  for (const [key, value] of Object.entries(\\n  describe('', () => {\\n  it('', async () => {\\n    expect().toEqual(\\n",
  'def __init__(self, ) -> None:\\n        self. = \\n    return \\n\\nclass :\\n    """"""\\nfrom  import \\nif __name__ == \'__main__\':\\nfunc () error {\\n\\tif err != nil {\\n\\t\\treturn \\n\\t}\\n',
  '"hook_event_name":"PostToolBatch","tool_calls":[{"tool_name":"Read","tool_input":{"file_path":"","tool_use_id":"toolu_01","tool_response":"The file  has been updated successfully. (file state is current in your context — no need to Read it back)"}]}',
  '"structuredPatch":[{"oldStart":1,"oldLines":,"newStart":1,"newLines":,"lines":[" ","-","+"]}]',
  "import { } from 'node:';\\nimport type { } from './.ts';\\n\\nexport async function (): Promise<void> {\\n  const  = await ;\\n  if (=== undefined) return;\\n  return new ();\\n}\\n\\nexport const : string | number | boolean = {\\n    () => {\\n  });\\n/** The */\\n// ",
  '"hook_event_name":"PreToolUse","tool_name":"Read","tool_input":{"file_path":"","offset":,"limit":}',
  '"hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":{"file_path":"","old_string":"","new_string":"","replace_all":false},"tool_response":{"filePath":"","oldString":"","newString":"","originalFile":"[left out:  characters]","structuredPatch":[',
  '],"userModified":false,"replaceAll":false},"tool_use_id":"toolu_01","duration_ms":}',
  '"tool_name":"Write","tool_input":{"file_path":"/home/","content":"',
  '"tool_name":"Bash","tool_input":{"command":"cd  && git npm run test 2>&1 | tail -","description":"","run_in_background":true,"timeout":120000},"tool_response":{"stdout":"","stderr":"","interrupted":false,"isImage":false,"noOutputExpected":false},"tool_use_id":"toolu_01","duration_ms":',
  '{"session_id":"","transcript_path":"/Users//home//.claude/projects/-home--Users-/.jsonl","cwd":"/home/","prompt_id":"","permission_mode":"default","permission_mode":"acceptEdits","permission_mode":"bypassPermissions","effort":{"level":"medium"},"hook_event_name":"PostToolUse","tool_name":"',
].join('\n');
