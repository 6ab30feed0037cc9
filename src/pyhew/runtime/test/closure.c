/* Objects, boxes, Rc and resources: copies on write, sends, closes in order, and a trap inside a close.
 * With the argument "leak" main forgets a string, with "cycle" it leaves two Rc cells in a ring. */
#include "program.h"

enum { CLOSURE = HEW_TYPE_FIRST_USER, NODE, HANDLE, HANDLES };

static const hew_slot first_slot[] = {{.offset = 0}};
static const hew_slot node_slot[] = {{.offset = 8}};

static int closed[64];
static int closed_count;

/* Resource { i64 number; string name }: a name that starts with `!` makes its close trap. */
static void handle_close(hew_actor *self, hew_block *block) {
    int64_t number = *(int64_t *)(void *)(block + 1);
    hew_string *name = (hew_string *)((void **)(void *)(block + 1))[1];
    closed[closed_count++] = (int)number;
    hew_block *scratch = hew_string_concat(self, &name->block, &name->block);
    if (name->bytes[0] == '!') hew_trap(self, HEW_TRAP_INTEGER_OVERFLOW, "closure.hew", 1, 1);
    hew_release(self, scratch);
}

static const hew_type types[] = {
    {.name = "fn()", .kind = HEW_KIND_OBJECT, .element_size = 16, .slot_count = 1, .slots = node_slot},
    {.name = "Rc<Node>", .kind = HEW_KIND_RC, .element_size = 8, .slot_count = 1, .slots = first_slot},
    {.name = "Handle", .kind = HEW_KIND_RESOURCE, .element_size = 16, .slot_count = 1, .slots = node_slot, .close = handle_close},
    {.name = "Vec<Handle>", .kind = HEW_KIND_VEC, .element_size = 8, .slot_count = 1, .slots = first_slot},
};

static hew_block *make_handle(hew_actor *self, int64_t number, const char *name) {
    hew_block *text = test_string(self, name); /* first: a resource is complete from birth */
    hew_block *block = hew_block_new(self, HANDLE, 16);
    *(int64_t *)(void *)(block + 1) = number;
    ((hew_block **)(void *)(block + 1))[1] = text;
    return block;
}

static hew_block *push(hew_actor *self, hew_block *vec, uint32_t type, hew_block *element) {
    vec = hew_vec_reserve(self, vec, 1, type);
    hew_vec *to = (hew_vec *)(void *)vec;
    ((hew_block **)(void *)to->elements)[to->length++] = element;
    return vec;
}

static void test_closes(hew_actor *self) {
    hew_block *vec = NULL;
    for (int i = 1; i <= 5; i++) vec = push(self, vec, HANDLES, make_handle(self, i, "handle"));
    hew_resource_close(self, make_handle(self, 9, "early"));
    hew_release(self, vec);
    static const int expected[] = {9, 1, 2, 3, 4, 5};
    TEST(closed_count == 6 && memcmp(closed, expected, sizeof expected) == 0);
}

static void test_rc(hew_actor *self) {
    hew_block *cell = hew_block_new(self, NODE, 16);
    hew_block *weak = hew_weak_new(self, cell);
    hew_block *again = hew_weak_new(self, cell);
    TEST(hew_rc_strong_count(cell) == 1 && hew_rc_weak_count(cell) == 2);
    hew_block *strong = hew_weak_upgrade(self, weak);
    TEST(strong == cell && hew_rc_strong_count(cell) == 2);
    hew_release(self, strong);
    hew_release(self, again);
    hew_release(self, cell);
    TEST(hew_weak_upgrade(self, weak) == NULL);
    hew_release(self, weak);
}

static void test_unique(hew_actor *self) {
    static const void *const table[] = {NULL};
    hew_block *object = hew_block_new(self, CLOSURE, 24);
    ((hew_object *)(void *)object)->table = table;
    hew_block *text = test_string(self, "captured");
    ((hew_block **)(void *)((hew_object *)(void *)object)->captures)[1] = text;
    hew_retain(object);
    hew_block *copy = hew_unique(self, object);
    TEST(copy != object && object->count == 1 && text->count == 2 && hew_unique(self, copy) == copy);
    hew_message *message = hew_message_new(self, 0, sizeof copy);
    hew_block *moved = hew_detach(self, test_blocks(message), copy);
    TEST(moved == copy && text->count == 1);
    hew_block *sent = ((hew_block **)(void *)((hew_object *)(void *)moved)->captures)[1];
    TEST(sent != text && hew_string_equal(sent, text));
    hew_message_free(self, message);
    hew_release(self, object);
}

static void make_cycle(hew_actor *self) {
    hew_block *one = hew_block_new(self, NODE, 16);
    hew_block *two = hew_block_new(self, NODE, 16);
    ((hew_block **)(void *)((hew_rc *)(void *)one)->element)[0] = two;
    ((hew_block **)(void *)((hew_rc *)(void *)two)->element)[0] = one;
}

static hew_block *main_dispatch(hew_actor *self, uint32_t handler, hew_message *message) {
    (void)handler;
    (void)message;
    hew_block *argument = hew_arg(self, 1);
    const char *what = argument ? ((hew_string *)(void *)argument)->bytes : "";
    test_closes(self);
    test_rc(self);
    test_unique(self);
    if (strcmp(what, "leak") == 0) test_string(self, "forgotten");
    if (strcmp(what, "cycle") == 0) make_cycle(self);
    if (strcmp(what, "trap") == 0) {
        closed_count = 0;
        make_handle(self, 21, "older");
        hew_block *vec = push(self, NULL, HANDLES, make_handle(self, 22, "first"));
        vec = push(self, vec, HANDLES, make_handle(self, 23, "!trap"));
        vec = push(self, vec, HANDLES, make_handle(self, 24, "!trap too"));
        hew_release(self, vec); /* traps in 23; the crash closes 24, which traps as well, and 21 */
    }
    hew_release(self, argument);
    return NULL;
}

static const hew_handler main_handlers[] = {{"main"}};
static const hew_actor_type main_type = {.name = "main", .handler_count = 1, .dispatch = main_dispatch, .handlers = main_handlers};

int main(int argc, char **argv) {
    hew_program program = {.types = types, .type_count = 4, .main_actor = &main_type};
    int code = hew_main(&program, argc, argv);
    if (argc > 1 && strcmp(argv[1], "trap") == 0) {
        static const int expected[] = {22, 23, 24, 21};
        if (closed_count != 4 || memcmp(closed, expected, sizeof expected) != 0) test_failed(__FILE__, __LINE__, "closes");
    }
    return code;
}
