// "Add deal": the ingestion panel in a large modal over whatever page one is on. useAddDeal()(source?) opens it.
import { PageSkeleton } from '@/ui/Skeletons';
import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { createContext, lazy, Suspense, useCallback, useContext, useState, type ReactNode } from 'react';

const DealIngestionPanel = lazy(() => import('@/components/dashboards/DealIngestionPanel'));

type OpenPanel = (source?: string) => void;
const AddDealContext = createContext<OpenPanel>(() => undefined);

export function useAddDeal(): OpenPanel {
  return useContext(AddDealContext);
}

export function AddDealProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const [source, setSource] = useState('manual');
  const narrow = useMediaQuery('(max-width: 48em)') ?? false;
  const open = useCallback<OpenPanel>((wanted = 'manual') => {
    setSource(wanted);
    setOpened(true);
  }, []);
  const close = () => setOpened(false);
  return (
    <AddDealContext.Provider value={open}>
      {children}
      <Modal opened={opened} onClose={close} title="Add deals" size={1040} fullScreen={narrow} closeButtonProps={{ 'aria-label': 'Close' }} padding="lg">
        <Suspense fallback={<PageSkeleton />}>
          <DealIngestionPanel source={source} onSourceChange={setSource} onDone={close} />
        </Suspense>
      </Modal>
    </AddDealContext.Provider>
  );
}
