package dev.switchboard.gateway.upstream;

import java.util.function.IntUnaryOperator;

/** How the next address is chosen among those that may be asked. */
public enum Balance {
    /** One after the other. */
    ROUND_ROBIN {
        @Override
        int pick(int candidates, IntUnaryOperator busy, int turn) {
            return Math.floorMod(turn, candidates);
        }
    },

    /** The one with the fewest requests under way; those with equally few take turns, or an idle service's first address would do all the work. */
    LEAST_REQUESTS {
        @Override
        int pick(int candidates, IntUnaryOperator busy, int turn) {
            int least = Integer.MAX_VALUE;
            int ties = 0;
            int[] tied = new int[candidates];
            for (int i = 0; i < candidates; i++) {
                int load = busy.applyAsInt(i);
                if (load < least) {
                    least = load;
                    ties = 0;
                }
                if (load == least) {
                    tied[ties++] = i;
                }
            }
            return tied[Math.floorMod(turn, ties)];
        }
    };

    /**
     * @param candidates how many there are, at least one
     * @param busy requests under way at a candidate
     * @param turn a number that is one higher at every call
     * @return the index of the candidate to ask
     */
    abstract int pick(int candidates, IntUnaryOperator busy, int turn);
}
