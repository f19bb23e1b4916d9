package dev.switchboard.protocol;

import dev.switchboard.protocol.AccountOperations.Users;
import dev.switchboard.protocol.Rules.Range;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who does not want to be reached by whom. To those who are blocked, the blocker is offline. */
public final class BlockOperations {
    private BlockOperations() {}

    public record Block(UUID id) {
        public Block {
            Checks.of(Block.class, id).done();
        }
    }

    /** @param cursor the {@code next} of the page before */
    public record Blocked(@Nullable UUID cursor, @Nullable @Range(min = 1, max = 100) Integer limit) {
        public Blocked {
            Checks.of(Blocked.class, cursor, limit).done();
        }
    }

    public static final Operation<Block, Nothing> BLOCK = Operation.of(
                    "user:block", Part.PARTICIPANT, Block.class, Nothing.class, (c, q) -> c.user())
            .http("POST", "/users/{id}/block")
            .summary("Blocks a user, for whom you are offline from then on", Fault.NOT_FOUND, Fault.CONFLICT);

    public static final Operation<Block, Nothing> UNBLOCK = Operation.of(
                    "user:unblock", Part.PARTICIPANT, Block.class, Nothing.class, (c, q) -> c.user())
            .http("DELETE", "/users/{id}/block")
            .summary("Blocks a user no more");

    public static final Operation<Blocked, Users> BLOCKED = Operation.of(
                    "user:blocked", Part.PARTICIPANT, Blocked.class, Users.class, (c, q) -> c.user())
            .http("GET", "/users/blocked")
            .summary("Lists whom you have blocked");

    public static final List<Operation<?, ?>> ALL = List.of(BLOCK, UNBLOCK, BLOCKED);
}
