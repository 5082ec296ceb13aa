#include "services/articles/articles_service.h"
