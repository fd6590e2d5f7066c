// "Add deal": the ingestion panel in a large modal over whatever page one is on. useAddDeal()(source?) opens it.
import { createContext, lazy, Suspense, useCallback, useContext, useState, type ReactNode } from 'react';

const AddDealModal = lazy(() => import('./AddDealModal'));

type OpenPanel = (source?: string) => void;
const AddDealContext = createContext<OpenPanel>(() => undefined);

export function useAddDeal(): OpenPanel {
  return useContext(AddDealContext);
}

export function AddDealProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false); // loaded when it is first opened, kept for its closing
  const [source, setSource] = useState('manual');
  const open = useCallback<OpenPanel>((tab = 'manual') => {
    setSource(tab);
    setWanted(true);
    setOpened(true);
  }, []);
  return (
    <AddDealContext.Provider value={open}>
      {children}
      {wanted && (
        <Suspense fallback={null}>
          <AddDealModal opened={opened} source={source} onSourceChange={setSource} onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </AddDealContext.Provider>
  );
}
