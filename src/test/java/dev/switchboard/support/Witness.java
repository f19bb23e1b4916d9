package dev.switchboard.support;

import dev.switchboard.support.Api.Account;
import java.util.List;
import java.util.Map;

/** A client that talks in one room whatever happens to the nodes, and writes down what it saw. */
public interface Witness extends AutoCloseable {
    /** Something that took so long and was done at a moment ({@link System#nanoTime()}). */
    record Took(long at, long nanos) {}

    Account account();

    RoomView view();

    /** What the server said it keeps, by {@code clientId}, with its number. */
    Map<String, Long> acknowledged();

    /** How long it took to be live again after each lost connection. */
    List<Took> reconnects();

    /** How long each message took from the first time that it was sent until it was acknowledged. */
    List<Took> acknowledgements();

    /** What went wrong, and why it went elsewhere, each time. */
    List<String> troubles();

    /** Says nothing new, goes on listening. */
    void hush();

    @Override
    void close();
}
