/**
 * SQL condition that the user `$1` may change and delete a row of the partition `p`: it is personal, the user made it (`maker`),
 * or the role of the user has `documents.manage` there. To be combined with a query that restricts the rows to the reader.
 */
export function isManageableSql(maker: string): string {
  return `(p.owner_id IS NOT NULL OR coalesce(${maker} = $1, false) OR EXISTS (
    SELECT FROM memberships mm WHERE mm.organization_id = p.organization_id AND mm.user_id = $1
      AND (mm.role IN ('owner', 'admin') OR (mm.role = 'team_manager' AND EXISTS (
        SELECT FROM team_members mt WHERE mt.team_id = p.team_id AND mt.user_id = $1)))))`;
}
