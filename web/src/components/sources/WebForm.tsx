// The tab of the source web_form.
import IconForms from '@tabler/icons-react/dist/esm/icons/IconForms.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const webForm: SourceTab = {
  key: 'web_form',
  label: 'Web form',
  icon: IconForms,
  help: 'Put a form on your site. Every answer becomes a deal and a lead.',
  component: lazy(() => import('./web_form/WebFormTab')),
};
