package dev.switchboard.gateway.upstream;

/**
 * What active checks say of one address. Immutable.
 *
 * @param verdict so far
 * @param against checks in a row that said the opposite of the verdict
 */
record Checkup(Verdict verdict, int against) {
    enum Verdict {
        /** No check has passed, and not enough have failed. */
        UNKNOWN,
        PASSING,
        FAILING
    }

    static final Checkup NONE = new Checkup(Verdict.UNKNOWN, 0);

    /** The first check that passes settles what was unknown: at the start there is no row to wait for. */
    Checkup passed(CheckRule rule) {
        if (verdict == Verdict.FAILING && against + 1 < rule.healthy()) {
            return new Checkup(verdict, against + 1);
        }
        return new Checkup(Verdict.PASSING, 0);
    }

    Checkup failed(CheckRule rule) {
        if (verdict == Verdict.FAILING) {
            return new Checkup(verdict, 0);
        }
        return against + 1 < rule.unhealthy() ? new Checkup(verdict, against + 1) : new Checkup(Verdict.FAILING, 0);
    }
}
