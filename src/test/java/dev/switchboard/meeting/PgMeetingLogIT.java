package dev.switchboard.meeting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.protocol.Ids;
import dev.switchboard.protocol.MeetingOperations.Stay;
import dev.switchboard.storage.Database;
import dev.switchboard.support.Postgres;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgMeetingLogIT {
    private static final Instant NOW = Instant.parse("2026-01-01T10:00:00Z");

    private final Postgres postgres = Postgres.create();
    private final Vertx vertx = Vertx.vertx();
    private final UUID ann = Ids.next();
    private final UUID bob = Ids.next();
    private Database database;
    private PgMeetingLog log;

    @BeforeAll
    void open() throws Exception {
        database = postgres.open(vertx);
        log = new PgMeetingLog(database);
        for (UUID user : List.of(ann, bob)) {
            await(database.query(
                    "INSERT INTO user_account (id, username, display_name) VALUES ($1, $2, $2)",
                    Tuple.of(user, "user-" + user)));
        }
    }

    @AfterAll
    void close() throws Exception {
        await(database.close());
        await(vertx.close());
        postgres.close();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Terms terms(String title) {
        return new Terms(Ids.next(), title, null, ann, 10, false, false, NOW, null);
    }

    private static MeetingRecord unsaved(Terms terms, List<UUID> barred, StoredStay... stays) {
        MeetingRecord live = MeetingRecord.of(terms, barred, 1, NOW);
        return new MeetingRecord(
                terms, live.hostId(), false, List.of(), List.of(), List.of(), barred, 1, 0, NOW, List.of(stays), true);
    }

    @Test
    void whatIsMadeTwiceWithOneClientIdIsOne() throws Exception {
        Terms first = await(log.create(terms("one"), "c"));
        assertThat(await(log.create(terms("two"), "c"))).isEqualTo(first);
        assertThat(await(log.create(terms("three"), null))).isNotEqualTo(first);
        assertThat(await(log.create(terms("four"), null)).title()).isEqualTo("four");
        assertThat(await(log.list(ann, null, 100))).extracting(Terms::title).containsExactly("four", "three", "one");
        assertThat(await(log.list(bob, null, 100))).isEmpty();
        await(database.query("DELETE FROM meeting", Tuple.tuple()));
    }

    @Test
    void staysTermsAndWhoIsBarredAreKeptOnce() throws Exception {
        Terms made = await(log.create(terms("Monday"), null));
        StoredStay came = new StoredStay(Ids.next(), bob, "bob", NOW, null);
        StoredStay brief = new StoredStay(Ids.next(), ann, "ann", NOW, null);
        await(log.save(unsaved(
                made, List.of(bob), came, brief, new StoredStay(brief.id(), ann, "ann", NOW, NOW.plusSeconds(1)))));
        assertThat(await(log.stays(made.id(), null, 10)))
                .containsExactlyInAnyOrder(
                        new Stay(came.id(), bob, "bob", NOW, null),
                        new Stay(brief.id(), ann, "ann", NOW, NOW.plusSeconds(1)));
        assertThat(await(log.load(made.id())).orElseThrow().barred()).containsExactly(bob);

        Terms locked = made.withLocked(true).ended(NOW.plusSeconds(9));
        MeetingRecord later =
                unsaved(locked, List.of(ann), new StoredStay(came.id(), bob, "bob", NOW, NOW.plusSeconds(5)), brief);
        await(log.save(later));
        await(log.save(later));
        assertThat(await(log.stays(made.id(), null, 10)))
                .as("an end stays an end")
                .extracting(Stay::leftAt)
                .containsExactlyInAnyOrder(NOW.plusSeconds(5), NOW.plusSeconds(1));
        MeetingLog.Stored stored = await(log.load(made.id())).orElseThrow();
        assertThat(stored.terms()).isEqualTo(locked);
        assertThat(stored.barred()).containsExactly(ann);
        assertThat(await(log.ever(List.of(made.id()))).get(made.id())).containsExactlyInAnyOrder(ann, bob);
        assertThat(await(log.list(bob, null, 10))).containsExactly(locked);
        assertThat(await(log.stays(made.id(), null, 1))).hasSize(1);

        await(log.delete(made.id()));
        await(log.save(later));
        assertThat(await(log.load(made.id()))).isEmpty();
        assertThat(await(log.stays(made.id(), null, 10))).isEmpty();
    }

    @Test
    void staysThatNoNodeRemembersEnd() throws Exception {
        Terms made = await(log.create(terms("lost"), null));
        await(log.save(unsaved(made, List.of(), new StoredStay(Ids.next(), bob, "bob", NOW, null))));
        await(log.endStays(made.id(), NOW.plusSeconds(60)));
        assertThat(await(log.stays(made.id(), null, 10)).get(0).leftAt()).isEqualTo(NOW.plusSeconds(60));
        await(log.delete(made.id()));
    }
}
