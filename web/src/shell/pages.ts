// The places of the navigation, with their keys.
import type { Icon } from '@tabler/icons-react';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconLayoutDashboard from '@tabler/icons-react/dist/esm/icons/IconLayoutDashboard.mjs';
import IconLayoutKanban from '@tabler/icons-react/dist/esm/icons/IconLayoutKanban.mjs';
import IconSettings from '@tabler/icons-react/dist/esm/icons/IconSettings.mjs';
import IconTable from '@tabler/icons-react/dist/esm/icons/IconTable.mjs';
import IconUsers from '@tabler/icons-react/dist/esm/icons/IconUsers.mjs';

export interface Place {
  to: '/' | '/deals' | '/board' | '/leads' | '/imports' | '/settings';
  name: string;
  key: string; // pressed after g
  icon: Icon;
}

export const places: Place[] = [
  { to: '/', name: 'Home', key: 'h', icon: IconLayoutDashboard },
  { to: '/deals', name: 'Deals', key: 'd', icon: IconTable },
  { to: '/board', name: 'Board', key: 'b', icon: IconLayoutKanban },
  { to: '/leads', name: 'Leads', key: 'l', icon: IconUsers },
  { to: '/imports', name: 'Imports', key: 'i', icon: IconFileImport },
  { to: '/settings', name: 'Settings', key: 's', icon: IconSettings },
];
