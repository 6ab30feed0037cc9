/* TCP sockets as handles of one actor. No call waits; an actor polls, and is woken. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hew/builtin.h"
#include "hew/data.h"
#include "hew/io.h"
#include "hew/sched.h"

typedef struct socket_block {
    hew_block block;
    hew_watched watched;  /* descriptor -1 once closed */
    int64_t limits[2];    /* nanoseconds a read, a write may wait; -1 for ever */
    int64_t guest;        /* which connection of all that were accepted, from 1; else 0 */
    struct socket_block *next_guest, *previous_guest;
} socket_block;

static socket_block *socket_of(hew_block *block) { return (socket_block *)(void *)block; }

/* Takes the descriptor, also when it fails; -1 makes a closed socket and leaves the status alone. */
static socket_block *socket_alloc(hew_actor *self, uint32_t type_id, int descriptor) {
    socket_block *made = (socket_block *)(void *)hew__handle_alloc(self, type_id, sizeof(socket_block));
    if (!made) {
        if (descriptor >= 0) close(descriptor);
        hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    }
    made->watched.descriptor = descriptor;
    made->limits[0] = made->limits[1] = -1;
    made->watched.holds_drain = type_id == HEW_TYPE_SOCKET;
    hew__list_push(&self->heap, &made->block);
    return made;
}

static hew_block *socket_new(hew_actor *self, uint32_t type_id, int descriptor) {
    socket_block *made = socket_alloc(self, type_id, descriptor);
    hew__status_ok(self);
    if (hew__reactor_add(&made->watched)) return &made->block;
    hew__status_errno(self, ENOMEM);
    hew_release(self, &made->block);
    return NULL;
}

/* --- guests: the open connections that this process accepted, under hew__rt.environment_lock --- */

static socket_block *first_guest;
static int64_t guests_so_far;

static void guest_join(socket_block *at) {
    hew__lock(&hew__rt.environment_lock);
    at->guest = ++guests_so_far;
    at->next_guest = first_guest;
    if (first_guest) first_guest->previous_guest = at;
    first_guest = at;
    hew__unlock(&hew__rt.environment_lock);
}

static bool is_listed(const socket_block *at) { return at == first_guest || at->previous_guest; }

/* Before its descriptor is closed: whoever takes one from the list duplicates it under the lock. */
static void guest_leave(socket_block *at) {
    if (!at->guest) return;
    hew__lock(&hew__rt.environment_lock);
    if (is_listed(at)) {
        if (at->next_guest) at->next_guest->previous_guest = at->previous_guest;
        if (at->previous_guest) at->previous_guest->next_guest = at->next_guest;
        else first_guest = at->next_guest;
        at->next_guest = at->previous_guest = NULL;
    }
    hew__unlock(&hew__rt.environment_lock);
}

static void socket_shut(socket_block *at) {
    if (at->watched.descriptor < 0) return;
    guest_leave(at);
    hew__reactor_remove(&at->watched);
    close(at->watched.descriptor);
    at->watched.descriptor = -1;
}

void hew_socket_close(hew_actor *self, hew_block *socket) {
    (void)self;
    socket_shut(socket_of(socket));
}

void hew__socket_close(hew_actor *self, hew_block *block) {
    socket_shut(socket_of(block));
    hew__block_free(self, block);
}

/* --- addresses --- */

/* Name resolution may ask the network. 0, or an errno. */
static int resolve(hew_actor *self, const char *host, int64_t port, bool is_passive, struct addrinfo **found) {
    char service[24];
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | (is_passive ? AI_PASSIVE : 0)};
    if (port < 0 || port > 65535) return EINVAL;
    snprintf(service, sizeof service, "%d", (int)port);
    if (is_passive && !*host) hints.ai_family = AF_INET;
    hew_blocking_begin(self);
    int result = getaddrinfo(*host ? host : is_passive ? NULL : "127.0.0.1", service, &hints, found);
    int error = errno;
    hew_blocking_end(self);
    if (result == 0) return 0;
    return result == EAI_SYSTEM ? error : result == EAI_MEMORY ? ENOMEM : EADDRNOTAVAIL;
}

hew_block *hew_resolve(hew_actor *self, hew_block *host) {
    struct addrinfo *found = NULL;
    char text[NI_MAXHOST];
    int error = resolve(self, hew__bytes(host), 0, false, &found);
    int64_t count = 0;
    for (const struct addrinfo *at = found; at; at = at->ai_next) count++;
    hew_vec *names = count > 0 ? hew__vec_try(self, HEW_TYPE_STRINGS, count) : NULL;
    bool is_short = count > 0 && !names;
    for (const struct addrinfo *at = found; at && !is_short; at = at->ai_next) { /* a trap here would lose the list */
        if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) != 0) continue;
        hew_block *name = hew__string_try(self, text, (int64_t)strlen(text));
        is_short = !name;
        if (name) ((hew_block **)(void *)names->elements)[names->length++] = name;
    }
    if (found) freeaddrinfo(found);
    if (is_short) hew__leave(self, HEW_TRAP_OUT_OF_MEMORY);
    if (error) hew__status_errno(self, error);
    else hew__status_ok(self);
    return names ? &names->block : NULL;
}

static int open_listener(const struct addrinfo *address) {
    enum { BACKLOG = 1024 };
    int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;
    if (descriptor < 0) return descriptor;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 && listen(descriptor, BACKLOG) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

static void send_at_once(int descriptor) {
    int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static int open_connection(const struct addrinfo *address) {
    int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return descriptor;
    send_at_once(descriptor);
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

static hew_block *open_first(hew_actor *self, hew_block *host, int64_t port, bool is_passive) {
    struct addrinfo *found = NULL;
    int error = resolve(self, hew__bytes(host), port, is_passive, &found);
    int descriptor = -1;
    for (const struct addrinfo *at = found; at && descriptor < 0; at = at->ai_next) {
        descriptor = is_passive ? open_listener(at) : open_connection(at);
        if (descriptor < 0) error = errno;
    }
    if (found) freeaddrinfo(found);
    if (descriptor >= 0) return socket_new(self, is_passive ? HEW_TYPE_LISTENER : HEW_TYPE_SOCKET, descriptor);
    hew__status_errno(self, error);
    return NULL;
}

hew_block *hew_tcp_listen(hew_actor *self, hew_block *host, int64_t port) { return open_first(self, host, port, true); }
hew_block *hew_tcp_connect(hew_actor *self, hew_block *host, int64_t port) { return open_first(self, host, port, false); }

/* --- transfers --- */

int32_t hew_socket_poll(hew_actor *self, hew_block *block, int32_t for_writing) {
    socket_block *at = socket_of(block);
    if (at->watched.descriptor < 0) return 1; /* the operation itself says so */
    struct pollfd asked = {.fd = at->watched.descriptor, .events = for_writing ? POLLOUT : POLLIN};
    if (poll(&asked, 1, 0) != 0) return 1;
    hew__reactor_arm(&at->watched, self, for_writing ? HEW_READY_WRITE : HEW_READY_READ);
    return 0;
}

static bool is_open(hew_actor *self, const socket_block *at) {
    if (at->watched.descriptor >= 0) return true;
    self->status = HEW_IO_CLOSED;
    return false;
}

int32_t hew_tcp_connected(hew_actor *self, hew_block *block) {
    socket_block *at = socket_of(block);
    int error = 0;
    socklen_t size = sizeof error;
    if (!is_open(self, at)) return HEW_IO_CLOSED;
    if (getsockopt(at->watched.descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error) hew__status_errno(self, error);
    else hew__status_ok(self);
    return hew_status(self);
}

hew_block *hew_tcp_accept(hew_actor *self, hew_block *listener) {
    socket_block *at = socket_of(listener);
    if (!is_open(self, at)) return NULL;
    int descriptor = accept4(at->watched.descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
        send_at_once(descriptor);
        hew_block *made = socket_new(self, HEW_TYPE_SOCKET, descriptor);
        if (made) guest_join(socket_of(made));
        return made;
    }
    bool is_gone_again = errno == ECONNABORTED || errno == EINTR || errno == EWOULDBLOCK;
    hew__status_errno(self, is_gone_again ? EAGAIN : errno);
    return NULL;
}

hew_block *hew_socket_read(hew_actor *self, hew_block *block, int64_t most) {
    enum { LARGEST = 1 << 20 };
    socket_block *at = socket_of(block);
    if (!is_open(self, at)) return NULL;
    if (most <= 0 || most > LARGEST) most = LARGEST;
    hew_block *bytes = hew_vec_with_capacity(self, HEW_TYPE_BYTES, most < 4096 ? most : 4096);
    hew_vec *vec = (hew_vec *)(void *)bytes;
    ssize_t count = recv(at->watched.descriptor, vec->elements, (size_t)vec->capacity, 0);
    int error = errno;
    if (count > 0) {
        vec->length = count;
        hew__status_ok(self);
        return bytes;
    }
    hew_release(self, bytes);
    if (count == 0) self->status = HEW_IO_CLOSED;
    else hew__status_errno(self, error == EINTR || error == EWOULDBLOCK ? EAGAIN : error);
    return NULL;
}

int64_t hew_socket_write(hew_actor *self, hew_block *block, hew_block *bytes, int64_t start) {
    socket_block *at = socket_of(block);
    const hew_vec *vec = (const hew_vec *)(const void *)bytes;
    int64_t length = vec ? vec->length : 0;
    if (!is_open(self, at)) return 0;
    hew__status_ok(self);
    if (start < 0 || start >= length) return 0;
    ssize_t count = send(at->watched.descriptor, vec->elements + start, (size_t)(length - start), MSG_NOSIGNAL);
    if (count >= 0) return count;
    hew__status_errno(self, errno == EINTR || errno == EWOULDBLOCK ? EAGAIN : errno);
    return 0;
}

void hew_socket_shutdown(hew_actor *self, hew_block *block) {
    socket_block *at = socket_of(block);
    if (!is_open(self, at)) return;
    if (shutdown(at->watched.descriptor, SHUT_WR) == 0) hew__status_ok(self);
    else hew__status_errno(self, errno);
}

int64_t hew_socket_limit(hew_block *block, int32_t for_writing) { return socket_of(block)->limits[for_writing ? 1 : 0]; }

void hew_socket_set_limit(hew_block *block, int32_t for_writing, int64_t nanoseconds) {
    hew__lock(&hew__rt.environment_lock); /* hew_socket_next_guest reads those of others */
    socket_of(block)->limits[for_writing ? 1 : 0] = nanoseconds;
    hew__unlock(&hew__rt.environment_lock);
}

void hew_socket_let_go(hew_block *block) { hew__reactor_let_go(&socket_of(block)->watched); }

/* Never null: what cannot be duplicated gives a closed socket, whose operations say so. */
hew_block *hew_socket_duplicate(hew_actor *self, hew_block *block) {
    hew_block *made = NULL;
    if (is_open(self, socket_of(block))) {
        int descriptor = fcntl(socket_of(block)->watched.descriptor, F_DUPFD_CLOEXEC, 0);
        if (descriptor >= 0) made = socket_new(self, HEW_TYPE_SOCKET, descriptor);
        else hew__status_errno(self, errno);
    }
    if (!made) made = &socket_alloc(self, HEW_TYPE_SOCKET, -1)->block;
    socket_of(made)->guest = socket_of(block)->guest;
    return made;
}

int64_t hew_socket_guest(hew_block *block) { return socket_of(block)->guest; }

static bool comes_sooner(const socket_block *at, int64_t after, const socket_block *found) {
    return at->guest > after && (!found || at->guest < found->guest);
}

hew_block *hew_socket_next_guest(hew_actor *self, int64_t after) {
    const socket_block *found = NULL;
    int descriptor = -1;
    hew__lock(&hew__rt.environment_lock);
    for (const socket_block *at = first_guest; at; at = at->next_guest)
        if (comes_sooner(at, after, found)) found = at;
    int64_t guest = found ? found->guest : 0;
    int64_t limit = found ? found->limits[1] : -1;
    if (found) descriptor = fcntl(found->watched.descriptor, F_DUPFD_CLOEXEC, 0);
    hew__unlock(&hew__rt.environment_lock);
    hew_block *made = descriptor >= 0 ? socket_new(self, HEW_TYPE_SOCKET, descriptor) : NULL;
    if (!made) made = &socket_alloc(self, HEW_TYPE_SOCKET, -1)->block;
    socket_of(made)->guest = guest;
    socket_of(made)->limits[1] = limit;
    return made;
}

int64_t hew_socket_port(hew_block *block) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (socket_of(block)->watched.descriptor < 0 || getsockname(socket_of(block)->watched.descriptor, (struct sockaddr *)&address, &size) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)(void *)&address)->sin_port);
    return address.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)(void *)&address)->sin6_port) : 0;
}

int32_t hew_tcp_listener_local_port(hew_block *listener) { return (int32_t)hew_socket_port(listener); }

hew_block *hew_socket_peer(hew_actor *self, hew_block *block) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    char text[NI_MAXHOST + NI_MAXSERV + 4];
    if (!is_open(self, socket_of(block))) return NULL;
    bool is_known = getpeername(socket_of(block)->watched.descriptor, (struct sockaddr *)&address, &size) == 0 &&
                    getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) == 0;
    if (!is_known) {
        hew__status_errno(self, ENOTCONN);
        return NULL;
    }
    hew__status_ok(self);
    int length = snprintf(text, sizeof text, strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
    return hew_string_from_bytes(self, text, length);
}
