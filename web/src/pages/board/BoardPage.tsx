// Deals by stage.
import { BoardView } from '@/components/deals/board/BoardView';

export default BoardView;
