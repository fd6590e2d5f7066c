// What a tab of the ingestion panel is: a description in a file of its own, listed in all.ts.
import type { Source } from '@/api/agreed';
import type { Icon } from '@tabler/icons-react';
import type { ComponentType, LazyExoticComponent } from 'react';

export interface TabProps {
  openDeal: (id: string) => void; // closes the panel and shows the deal
  openImport: (id: string) => void; // closes the panel and shows the import, at its first step
}

export interface SourceTab {
  key: Source;
  label: string;
  icon: Icon;
  help: string; // one line
  component: LazyExoticComponent<ComponentType<TabProps>>;
}
