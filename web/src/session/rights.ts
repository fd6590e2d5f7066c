// What a role may do. The server decides; this only keeps buttons away that would be refused.
import type { Role } from '@/api/agreed';

export type Right = 'read' | 'write' | 'administer';

export function may(role: Role, right: Right): boolean {
  if (role === 'admin') return true;
  if (role === 'member') return right !== 'administer';
  return role === 'viewer' && right === 'read';
}
