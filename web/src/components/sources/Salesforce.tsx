// The tab of the source salesforce.
import IconCloud from '@tabler/icons-react/dist/esm/icons/IconCloud.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const salesforce: SourceTab = {
  key: 'salesforce',
  label: 'Salesforce',
  icon: IconCloud,
  help: 'Have Salesforce send its opportunities here.',
  component: lazy(() => import('./crm/SalesforceTab')),
};
