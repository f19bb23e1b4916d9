package dev.switchboard.support;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The address that a browser knows: leads to the first of its nodes that takes the connection, as a balancer does, and can
 * be cut off, as a network can.
 */
public final class Front implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

    private final Vertx vertx = Vertx.vertx();
    private final NetClient client =
            vertx.createNetClient(new NetClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MILLIS));
    private final Set<NetSocket> browsers = ConcurrentHashMap.newKeySet();
    private final Set<NetSocket> backs = ConcurrentHashMap.newKeySet();
    private final List<URI> nodes;
    private final int port;
    private volatile boolean cut;

    /** @param nodes in the order in which they are tried */
    public Front(List<URI> nodes) {
        this("127.0.0.1", nodes);
    }

    /** @param host that it listens on */
    public Front(String host, List<URI> nodes) {
        this.nodes = List.copyOf(nodes);
        port = vertx.createNetServer(new NetServerOptions().setHost(host).setPort(0))
                .connectHandler(this::accept)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    public String address() {
        return "http://127.0.0.1:" + port + "/";
    }

    public int port() {
        return port;
    }

    /** What nodes say on the connections that are open does not arrive any more; they do not know. */
    public void deafen() {
        backs.forEach(NetSocket::pause);
    }

    /** From now on nothing passes, and what was open is closed. */
    public void cut() {
        cut = true;
        browsers.forEach(NetSocket::close);
    }

    /** Connections pass again. */
    public void mend() {
        cut = false;
    }

    private void accept(NetSocket browser) {
        browser.pause();
        browsers.add(browser);
        browser.closeHandler(closed -> browsers.remove(browser));
        // Only now: whoever cuts meanwhile finds it among the others.
        if (cut) {
            browser.close();
            return;
        }
        connect(0).onFailure(failure -> browser.close()).onSuccess(node -> {
            backs.add(node);
            node.closeHandler(closed -> backs.remove(node));
            browser.pipeTo(node);
            node.pipeTo(browser);
        });
    }

    private Future<NetSocket> connect(int i) {
        URI node = nodes.get(i);
        Future<NetSocket> connected = client.connect(node.getPort(), node.getHost());
        return i + 1 < nodes.size() ? connected.recover(failure -> connect(i + 1)) : connected;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
