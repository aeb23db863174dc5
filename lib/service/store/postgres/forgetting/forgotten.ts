import { MOST_REMEMBERED, REMEMBERED_MS } from '../../rows/forgetting.ts';
import type { Sql } from '../connection.ts';

/** Drops the ids that were remembered for long enough. */
export async function trimForgotten(sql: Sql, tenant: string, now: number): Promise<void> {
  await sql`DELETE FROM forgotten_lineage WHERE tenant = ${tenant} AND (at < ${now - REMEMBERED_MS}
    OR at <= (SELECT at FROM forgotten_lineage WHERE tenant = ${tenant}
      ORDER BY at DESC LIMIT 1 OFFSET ${MOST_REMEMBERED}))`;
}
