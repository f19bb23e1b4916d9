package dev.switchboard.gateway.route;

import dev.switchboard.protocol.AccountOperations;
import dev.switchboard.protocol.Caller;
import dev.switchboard.protocol.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rows of the platform's own operations. */
public final class BuiltInRoutes {
    /** Under which the operations are; both are the same. */
    public static final List<String> PREFIXES = List.of("/api/v1", "/api");

    /** Longer than the bus looks for an answer: it knows better why there is none. */
    public static final Duration TIMEOUT = Duration.ofSeconds(15);

    static final String DEFAULT_TIER = "default";

    /** Guessing passwords and making accounts. */
    private static final String AUTH_TIER = "auth";

    private static final Map<Operation<?, ?>, String> TIERS =
            Map.of(AccountOperations.REGISTER, AUTH_TIER, AccountOperations.LOGIN, AUTH_TIER);

    private BuiltInRoutes() {}

    /**
     * A row for each HTTP route of each operation that is not for the platform alone, under each prefix.
     *
     * @param maxBody bytes of a request's body
     */
    public static List<Route> of(List<Operation<?, ?>> operations, int maxBody) {
        List<Route> rows = new ArrayList<>();
        for (Operation<?, ?> operation : operations) {
            if (operation.access() == Operation.Access.INTERNAL) {
                continue;
            }
            for (Operation.Http http : operation.http()) {
                for (String prefix : PREFIXES) {
                    rows.add(new Route(
                            operation.address(),
                            Set.of(http.method()),
                            PathPattern.of(prefix + http.path()),
                            access(operation),
                            tier(operation),
                            TIMEOUT,
                            maxBody,
                            new Target.Operation(operation, http.status())));
                }
            }
        }
        return rows;
    }

    /** Who may call an operation. */
    static Access access(Operation<?, ?> operation) {
        return switch (operation.access()) {
            case PUBLIC -> new Access.Public();
            case USER -> new Access.User();
            case ADMIN -> new Access.Role(Caller.ADMIN);
            case INTERNAL -> throw new IllegalArgumentException(operation.address() + " is for the platform alone");
        };
    }

    /** What attempts at an operation are counted as. */
    static String tier(Operation<?, ?> operation) {
        return TIERS.getOrDefault(operation, DEFAULT_TIER);
    }
}
