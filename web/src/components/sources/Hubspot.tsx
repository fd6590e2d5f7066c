// The tab of the source hubspot.
import IconCloud from '@tabler/icons-react/dist/esm/icons/IconCloud.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const hubspot: SourceTab = {
  key: 'hubspot',
  label: 'HubSpot',
  icon: IconCloud,
  help: 'Have HubSpot send its deals here.',
  component: lazy(() => import('./crm/HubspotTab')),
};
