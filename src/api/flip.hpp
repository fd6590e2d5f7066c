// Flipping as a job: its slices go to the writer one after the other, in the lane of imports, so that single deals pass between them.
#pragma once
#include "api/app.hpp"
#include "store/scope.hpp"

namespace tributary {

// Goes on with a flipping that was cut off, at start. Any thread; returns at once.
void go_on_with_flip(App& app, const TenantScope& scope, const Id& flip);

} // namespace tributary
