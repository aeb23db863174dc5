import type { HonoRequest } from 'hono';
import { fault } from './http-fault.ts';

/** The fields of a small form. @throws HttpFault 422 for another body, 413 for a large one */
export async function formOf(req: HonoRequest): Promise<URLSearchParams> {
  const type = req.header('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) throw fault(422, 'No form was sent');
  const bytes = Number(req.header('content-length') ?? NaN);
  if (!(bytes <= MOST_BYTES)) throw fault(413, 'The form is too large');
  return new URLSearchParams(await req.text());
}

// --- internal ---

/** A token and a path have far less. */
const MOST_BYTES = 4_096;
