/* TCP: a server that echoes, a client that sends more than the buffers of the system hold, an accept
 * that nobody answers at the end. */
#include "program.h"

enum { SIZE = 300000 };

/* --- server: accepts one connection, echoes until the end, accepts again --- */

typedef struct server_frame {
    hew_frame frame;
    hew_block *listener;
    hew_block *socket;
    hew_block *bytes;
    int64_t start;
} server_frame;

static bool write_out(hew_actor *self, hew_block *socket, hew_block *bytes, int64_t *start) {
    while (*start < ((hew_vec *)(void *)bytes)->length) {
        if (!hew_socket_poll(self, socket, 1)) return false;
        *start += hew_socket_write(self, socket, bytes, *start);
        TEST(hew_status(self) == HEW_IO_OK || hew_status(self) == HEW_IO_AGAIN);
    }
    return true;
}

static int32_t server_resume(hew_actor *self, hew_block *block) {
    server_frame *frame = (server_frame *)(void *)block;
    for (;;) {
        if (!frame->socket) {
            if (!hew_socket_poll(self, frame->listener, 0)) return HEW_FRAME_WAITING;
            frame->socket = hew_tcp_accept(self, frame->listener);
            continue;
        }
        if (!frame->bytes) {
            if (!hew_socket_poll(self, frame->socket, 0)) return HEW_FRAME_WAITING;
            frame->bytes = hew_socket_read(self, frame->socket, 0);
            frame->start = 0;
            if (!frame->bytes && hew_status(self) == HEW_IO_CLOSED) {
                hew_release(self, frame->socket);
                frame->socket = NULL;
            }
            continue;
        }
        if (!write_out(self, frame->socket, frame->bytes, &frame->start)) return HEW_FRAME_WAITING;
        hew_release(self, frame->bytes);
        frame->bytes = NULL;
    }
}

static void server_drop(hew_actor *self, hew_block *block) {
    server_frame *frame = (server_frame *)(void *)block;
    hew_release(self, frame->listener);
    hew_release(self, frame->socket);
    hew_release(self, frame->bytes);
}

static hew_block *server_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    return test_frame(self, server_resume, server_drop, sizeof(server_frame), *(uint64_t *)test_payload(message));
}

static const hew_handler handlers[] = {{"init"}};
static const hew_actor_type server_type = {.name = "Server", .handler_count = 1, .dispatch = server_dispatch, .handlers = handlers};

/* --- client --- */

typedef struct client_frame {
    hew_frame frame;
    hew_block *socket;
    hew_block *bytes;
    int64_t start;
    int64_t received;
    int64_t is_connected;
} client_frame;

static bool read_in(hew_actor *self, client_frame *frame) {
    while (frame->received < SIZE) {
        if (!hew_socket_poll(self, frame->socket, 0)) return false;
        hew_block *piece = hew_socket_read(self, frame->socket, 0);
        if (!piece) {
            TEST(hew_status(self) == HEW_IO_AGAIN);
            continue;
        }
        hew_vec *vec = (hew_vec *)(void *)piece;
        for (int64_t i = 0; i < vec->length; i++) TEST(vec->elements[i] == (char)((frame->received + i) % 251));
        frame->received += vec->length;
        hew_release(self, piece);
    }
    return true;
}

static int32_t client_resume(hew_actor *self, hew_block *block) {
    client_frame *frame = (client_frame *)(void *)block;
    if (!frame->is_connected) {
        if (!hew_socket_poll(self, frame->socket, 1)) return HEW_FRAME_WAITING;
        TEST(hew_tcp_connected(self, frame->socket) == HEW_IO_OK);
        frame->is_connected = 1;
    }
    bool is_written = write_out(self, frame->socket, frame->bytes, &frame->start);
    bool is_read = read_in(self, frame); /* also while writing waits, else the other side stops reading */
    return is_written && is_read ? HEW_FRAME_DONE : HEW_FRAME_WAITING;
}

static void client_drop(hew_actor *self, hew_block *block) {
    client_frame *frame = (client_frame *)(void *)block;
    hew_release(self, frame->socket);
    hew_release(self, frame->bytes);
}

static hew_block *pattern(hew_actor *self) {
    hew_block *block = hew_vec_with_capacity(self, HEW_TYPE_BYTES, SIZE);
    hew_vec *vec = (hew_vec *)(void *)block;
    for (vec->length = 0; vec->length < SIZE; vec->length++) vec->elements[vec->length] = (char)(vec->length % 251);
    return block;
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_block *host = test_string(self, "127.0.0.1");
    hew_block *listener = hew_tcp_listen(self, host, 0);
    TEST(listener && hew_status(self) == HEW_IO_OK);
    int64_t port = hew_socket_port(listener);
    hew_message *init = hew_message_new(self, 0, sizeof(hew_block *));
    *(hew_block **)test_payload(init) = hew_detach(self, test_blocks(init), listener);
    hew_actor_spawn(self, &server_type, init);
    hew_block *block = hew_frame_new(self, (void *)client_resume, (void *)client_drop, sizeof(client_frame) - sizeof(hew_frame));
    client_frame *frame = (client_frame *)(void *)block;
    frame->socket = hew_tcp_connect(self, host, port);
    TEST(frame->socket);
    frame->bytes = pattern(self);
    TEST(hew_tcp_connect(self, host, 99999) == NULL && hew_status(self) == HEW_IO_INVALID);
    hew_release(self, host);
    return test_run_frame(self, block);
}

static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = handlers};

int main(int argc, char **argv) {
    hew_program program = {.main_actor = &main_type};
    return hew_main(&program, argc, argv);
}
