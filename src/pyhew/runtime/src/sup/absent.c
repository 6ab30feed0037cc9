/* Channels, scopes, monitors and supervisors: nothing to do while no program has any. */
#include "hew/builtin.h"
#include "hew/link.h"
#include "hew/sched.h"
hew_block *hew__child_start(hew_actor *self, hew_message *message){return 0;}
bool hew__notices_take(hew_actor *self){return false;}
void hew__watches_end(hew_worker *worker, hew_actor *actor, int how){}
void hew__check_heap_is_empty(hew_actor *actor){}
void hew__sender_close(hew_actor *self, hew_block *block){}
hew_block *hew__sender_duplicate(hew_actor *self, hew_block *block){return 0;}
void hew__receiver_close(hew_actor *self, hew_block *block){}
void hew__lambda_close(hew_actor *self, hew_block *block){}
hew_block *hew__lambda_duplicate(hew_actor *self, hew_block *block){return 0;}
void hew__monitor_close(hew_actor *self, hew_block *block){}
void hew__scope_close(hew_actor *self, hew_block *block){}
