// The roles of people, with what each may do.
import type { PersonRole } from '@/api/agreed';

export const personRoles: { value: PersonRole; label: string }[] = [
  { value: 'viewer', label: 'Viewer' },
  { value: 'member', label: 'Member' },
  { value: 'admin', label: 'Admin' },
];

export const personRoleMeans: Record<PersonRole, string> = {
  viewer: 'Sees everything, changes nothing.',
  member: 'Adds, changes and imports deals.',
  admin: 'As a member, and manages people, keys and settings.',
};
